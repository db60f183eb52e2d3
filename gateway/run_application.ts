/**
 * {@linkcode runApplication}: the algorithm of PEP 3333.
 *
 * All gateways of this package use it.
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
 * Throws unless a value is a function.
 *
 * @param app The value that was passed as an application.
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
 * This is the server side of PEP 3333: the states of `startResponse`, headers
 * that are sent with the first non-empty chunk, `write()`, iteration with
 * backpressure, `close()` however the request ends, and errors before and after
 * the first byte. It does not throw for errors of the application, and its
 * promise never rejects: they are written to `wsgi.errors`, and the response is
 * 500, or is cut off if its head has been sent.
 *
 * If a sync application returns an array, its response is sent synchronously,
 * without a promise.
 *
 * PEP 3333, "The Server/Gateway Side" and "Specification Details".
 *
 * @param app The application to call.
 * @param environ The variables of the request; the application may change them.
 * @param transport Sends the response to the client.
 * @param options Where errors go, and the response to a failure.
 * @returns `undefined` if the response has been sent and the body closed,
 * otherwise a promise that resolves then.
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
