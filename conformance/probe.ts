/**
 * The application that the kit runs on a server. A header of the request names
 * the case. The application does what the case needs and reports what it
 * observes.
 *
 * A server in another process runs it with the URL that `listen()` of the
 * second argument of `start()` has returned:
 *
 * ```ts
 * import { remoteProbe } from "@wsgi/ref/conformance/probe";
 * import { toFetchHandler } from "@wsgi/ref/fetch";
 * import { assertEquals } from "@std/assert";
 *
 * const handler = toFetchHandler(remoteProbe("http://127.0.0.1:9000/"));
 * // export default { fetch: handler };
 * assertEquals(typeof handler, "function");
 * ```
 *
 * @module
 */

import { describe } from "../wsgi/describe.ts";
import type { Application, Environ } from "../wsgi/types.ts";
import { validator } from "../validator/validator.ts";
import type { Violation } from "../validator/violation.ts";
import type { Probe, ServerCase } from "./server_case.ts";
import { SERVER_CASES } from "./server_cases.ts";

/** The header that names the case and the run: `environ/path-decoded.17`. */
export const MARK = "Wsgi-Case";

/** Receives what the application reports in a run of a case. */
export interface Listener {
  /** Receives an event that the application of this run reports. */
  event(run: string, event: string, value: unknown): void | Promise<void>;
  /** Receives a violation that the validator found. */
  violation(run: string, violation: Violation): void;
  /** Resolves when the gate is open. */
  gate(run: string, name: string): Promise<void>;
}

/** Reads the mark. A request without one does not belong to a run. */
function readMark(environ: Environ): [id: string, run: string] {
  const mark = environ.HTTP_WSGI_CASE ?? "";
  const dot = mark.lastIndexOf(".");
  return [mark.slice(0, Math.max(dot, 0)), mark.slice(dot + 1)];
}

function createProbe(listener: Listener, run: string): Probe {
  return {
    report: (event, value = null) => listener.event(run, event, value),
    gate: (name) => listener.gate(run, name),
  };
}

/** Responds to a request that does not belong to a case. */
const unmarked: Application = (_environ, startResponse) => {
  startResponse("404 Not Found", [["Content-Type", "text/plain"]]);
  return [new TextEncoder().encode(`This request has no header ${MARK}.\n`)];
};

/**
 * Creates the application of the kit.
 *
 * @param listener Receives the reports of the application.
 * @returns The application. It responds with 404 to requests without a case.
 *
 * @example See what the application reports
 * ```ts
 * import { probeApplication } from "@wsgi/ref/conformance/probe";
 * import { TestClient } from "@wsgi/ref/test-client";
 * import { assertEquals } from "@std/assert";
 *
 * const events: string[] = [];
 * const app = probeApplication({
 *   event: (_run, event) => void events.push(event),
 *   violation: () => {},
 *   gate: () => Promise.resolve(),
 * });
 * const response = await new TestClient(app).get("/");
 * assertEquals(response.status, 404);
 * assertEquals(events, ["unmarked"]);
 * ```
 */
export function probeApplication(listener: Listener): Application {
  const cases = new Map<string, ServerCase>(
    SERVER_CASES.map((one) => [one.id, one]),
  );
  // All arguments are passed on, so that the validator detects additional ones.
  return (...args) => {
    const [environ] = args;
    const [id, run] = readMark(environ);
    const one = cases.get(id);
    if (one === undefined) {
      listener.event("", "unmarked", environ.REQUEST_URI ?? null);
      return unmarked(...args);
    }
    const app = one.app(createProbe(listener, run));
    if (one.broken) return app(...args);
    return validator(app, {
      name: "conformance",
      throws: false,
      onViolation: (violation) => listener.violation(run, violation),
    })(...args);
  };
}

/** Sends reports to the collector in another process, over HTTP. */
class RemoteListener implements Listener {
  readonly #url: string;
  /** The last message, so that all arrive in order. */
  #sent: Promise<void> = Promise.resolve();

  constructor(url: string) {
    this.#url = url;
  }

  event(run: string, event: string, value: unknown): Promise<void> {
    return this.#post({ run, event, value });
  }

  violation(run: string, violation: Violation): void {
    this.#post({ run, violation });
  }

  async gate(run: string, gate: string): Promise<void> {
    await this.#sent;
    await send(this.#url, { run, gate });
  }

  #post(message: unknown): Promise<void> {
    const before = this.#sent;
    return this.#sent = (async () => {
      await before;
      await send(this.#url, message);
    })();
  }
}

/** Sends a message. It may arrive after the check has ended. */
async function send(url: string, message: unknown): Promise<void> {
  try {
    const response = await fetch(url, {
      method: "POST",
      body: JSON.stringify(message),
    });
    await response.body?.cancel();
  } catch {
    // The check has ended and does not need the message.
  }
}

/**
 * Creates the application of the kit for a server in another process.
 *
 * @param url The URL that `listen()` of the second argument of `start()` has
 * returned.
 * @returns The application, which reports to this URL.
 * @throws {TypeError} If it is not a URL of HTTP.
 *
 * @example Serve it
 * ```ts
 * import { remoteProbe } from "@wsgi/ref/conformance/probe";
 * import { makeServer } from "@wsgi/ref";
 * import { assert } from "@std/assert";
 *
 * const app = remoteProbe("http://127.0.0.1:9000/");
 * await using server = makeServer("127.0.0.1", 0, app, { log: false });
 * server.serveForever();
 * assert(server.port > 0);
 * ```
 */
export function remoteProbe(url: string): Application {
  if (!URL.canParse(url) || !/^https?:/.test(url)) {
    throw new TypeError(
      `Cannot make the application of the kit: the address must be the URL that listen() has returned, got ${
        describe(url)
      }`,
    );
  }
  return probeApplication(new RemoteListener(url));
}
