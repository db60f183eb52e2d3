/**
 * For authors of gateways: calls an application according to PEP 3333 and sends
 * its response through your transport.
 *
 * A gateway creates the environ of a request and a {@linkcode Transport}, which
 * sends the response. {@linkcode runApplication} does the rest.
 *
 * ```ts
 * import { Cancellation, runApplication } from "@wsgi/ref/gateway";
 * import { ClientDisconnected, demoApp, setupTestingDefaults } from "@wsgi/ref";
 * import { assertEquals } from "@std/assert";
 *
 * // A transport that stores the response. A transport for a socket calls
 * // cancellation.cancel(new ClientDisconnected()) when the client leaves.
 * let status = "";
 * const chunks: Uint8Array[] = [];
 * const cancellation = new Cancellation();
 * const environ = setupTestingDefaults({
 *   "wsgiref.signal": () => cancellation.signal,
 * });
 * await runApplication(demoApp, environ, {
 *   sendHead: (head) => void (status = head.status),
 *   write: (chunk) => void chunks.push(chunk.slice()),
 *   end: () => {},
 *   abort: (reason) => console.error(reason),
 *   cancellation,
 * });
 * cancellation.cancel(new ClientDisconnected()); // no effect: it is over
 * assertEquals([status, chunks.length], ["200 OK", 1]);
 * assertEquals(cancellation.cancelled, false);
 * ```
 *
 * @module
 */

export { Cancellation } from "./cancellation.ts";
export type { ResponseHead } from "./response_head.ts";
export { runApplication, type RunOptions } from "./run_application.ts";
export type { Transport } from "./transport.ts";
