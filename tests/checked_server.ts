/** A server behind a validator with all rules. */

import { assertEquals } from "@std/assert";
import {
  type Application,
  type Environ,
  type ServerOptions,
  type StartResponse,
  validator,
} from "../mod.ts";
import { serve, type Serving } from "./server/serving.ts";

/** Sends the body of a request back while it arrives. */
export async function* streamBack(
  environ: Environ,
  startResponse: StartResponse,
): AsyncGenerator<Uint8Array, void> {
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  const input = environ["wsgi.input"];
  for (let chunk; (chunk = await input.read(65_536)).length > 0;) yield chunk;
}

/** The findings of the validator, and the text sent to `wsgi.errors`. */
export interface Verdict {
  readonly findings: readonly string[];
  readonly log: string;
}

/** Serves an application, with all rules switched on and all findings kept. */
export class CheckedServer implements AsyncDisposable {
  readonly #findings: string[] = [];
  readonly #app: ReturnType<typeof validator>;
  readonly #serving: Serving;

  constructor(app: Application, options: ServerOptions = {}) {
    this.#app = validator(app, {
      profile: "paranoid",
      throws: false,
      onViolation: ({ rule, message }) =>
        void this.#findings.push(`${rule}: ${message}`),
    });
    this.#serving = serve(this.#app, options);
  }

  /** The URL at which it listens, with a slash at the end. */
  get url(): string {
    return this.#serving.server.url;
  }

  /** The port on which it listens. */
  get port(): number {
    return this.#serving.port;
  }

  /** Ends the server, and makes sure that every body was closed. */
  async verdict(): Promise<Verdict> {
    await this.#serving.server.shutdown();
    this.#app.assertFinished();
    return { findings: this.#findings, log: this.#serving.log.join("") };
  }

  /** Ends the server, and asserts that nothing was found and nothing logged. */
  async assertClean(): Promise<void> {
    assertEquals(await this.verdict(), { findings: [], log: "" });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#serving[Symbol.asyncDispose]();
  }
}
