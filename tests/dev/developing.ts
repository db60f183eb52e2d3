/** A development server for an application in its own folder. */

import { within } from "../raw_client.ts";
import type { DevServerOptions } from "../../dev/mod.ts";
import { DevelopmentServer } from "../../dev/development_server.ts";
import { inspector } from "../../dev/inspector/inspector.ts";
import type { InspectorOptions } from "../../dev/inspector_options.ts";

/** A module whose application answers with a text, on every path. */
export function answering(text: string, more = ""): string {
  return `${more}
export default (_environ, startResponse) => {
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  return [new TextEncoder().encode(${JSON.stringify(text)})];
};
`;
}

/** A development server, and the files that it watches. */
export class Developing implements AsyncDisposable {
  readonly server: DevelopmentServer;
  readonly folder: string;
  /** The values that it passes to its inspector. */
  inspected!: InspectorOptions;
  /** The text that it wrote to the terminal. */
  terminal = "";
  #onWrite = Promise.withResolvers<void>();

  private constructor(folder: string, options: Partial<DevServerOptions>) {
    this.folder = folder;
    this.server = new DevelopmentServer({
      module: `${folder}/app.js`,
      port: 0,
      shutdownTimeout: 100,
      write: (text) => {
        this.terminal += text;
        this.#onWrite.resolve();
        this.#onWrite = Promise.withResolvers();
      },
      ...options,
    }, (inspected) => inspector(this.inspected = inspected));
  }

  /** Writes files, and serves the application in app.js. */
  static async start(
    files: Readonly<Record<string, string>>,
    options: Partial<DevServerOptions> = {},
  ): Promise<Developing> {
    const made = await Deno.makeTempDir({ prefix: "dev # %41 " });
    const folder = await Deno.realPath(made);
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(`${folder}/${name}`, text);
    }
    return new Developing(folder, options);
  }

  /** Writes a file as many editors do: another one takes its place. */
  async save(name: string, text: string): Promise<void> {
    await Deno.writeTextFile(`${this.folder}/${name}.tmp`, text);
    await Deno.rename(`${this.folder}/${name}.tmp`, `${this.folder}/${name}`);
  }

  /** Sends a request, and returns the text of the answer. */
  async get(path = "", init: RequestInit = {}): Promise<string> {
    const response = await fetch(`${this.server.url}${path}`, init);
    return await response.text();
  }

  /** Repeats a request until the answer is the expected one. */
  async getUntil(expected: RegExp, path = ""): Promise<string> {
    const giveUp = AbortSignal.timeout(10_000);
    for (;;) {
      const text = await this.get(path, { signal: giveUp });
      if (expected.test(text)) return text;
    }
  }

  /** Waits until the terminal shows something. */
  async terminalUntil(expected: RegExp): Promise<string> {
    while (!expected.test(this.terminal)) {
      await within(this.#onWrite.promise, `${expected} in ${this.terminal}`);
    }
    return this.terminal;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.shutdown();
    await Deno.remove(this.folder, { recursive: true });
  }
}
