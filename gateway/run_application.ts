/**
 * {@linkcode runApplication}: the algorithm of PEP 3333, written once.
 *
 * Every gateway of this package is a transport under it.
 *
 * @module
 */

import { describe } from "../wsgi/describe.ts";
import { ApplicationCall } from "./application_call.ts";
import type { RunOptions } from "./call_outcome.ts";
import type { Transport } from "./transport.ts";
import type { Application, Environ } from "../wsgi/types.ts";

export type { RunOptions };

/**
 * Throws if a value is not an application.
 *
 * @param app The value.
 * @throws {TypeError} If it is not a function.
 */
export function checkApplication(app: unknown): asserts app is Application {
  if (typeof app === "function") return;
  throw new TypeError(
    `Cannot run the application: it must be a function (environ, startResponse), got ${
      describe(app)
    }`,
  );
}

/**
 * Calls an application for one request and sends its response.
 *
 * This is the server side of PEP 3333, once: the states of `startResponse`,
 * headers that leave with the first non-empty chunk, `write()`, iteration with
 * backpressure, `close()` on every way out, and errors before and after the
 * first byte. Once it has an application it never throws, and its promise never
 * rejects: what goes wrong is written to `wsgi.errors` and answered with 500, or
 * with a broken response when the head was sent already.
 *
 * An application that answers at once with an array is answered at once: no
 * promise is made.
 *
 * PEP 3333, "The Server/Gateway Side" and "Specification Details".
 *
 * @param app The application to call.
 * @param environ The variables of the request; the application may change them.
 * @param transport The way to the client.
 * @param options Where errors go, and how they are answered.
 * @returns Nothing if all is over, otherwise a promise that resolves when the
 * response has been sent and the body closed.
 * @throws {TypeError} If `app` is not a function.
 *
 * @example Usage
 * ```ts
 * import { demoApp, setupTestingDefaults } from "@wsgi/ref";
 * import { runApplication } from "@wsgi/ref/gateway";
 * import { assertEquals } from "@std/assert";
 *
 * const sent: string[] = [];
 * await runApplication(demoApp, setupTestingDefaults({}), {
 *   sendHead: (head) => void sent.push(head.status),
 *   write: (chunk) => void sent.push(new TextDecoder().decode(chunk)),
 *   end: () => void sent.push("end"),
 *   abort: () => void sent.push("broken"),
 * });
 * assertEquals(sent[0], "200 OK");
 * assertEquals(sent.at(-1), "end");
 * ```
 */
export function runApplication(
  app: Application,
  environ: Environ,
  transport: Transport,
  options: RunOptions = {},
): void | Promise<void> {
  checkApplication(app);
  return new ApplicationCall(environ, transport, options).run(app);
}
