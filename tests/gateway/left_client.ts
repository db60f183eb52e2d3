/** Servers and applications for clients that leave. */

import { toFetchHandler } from "../../gateway/fetch/fetch.ts";
import type { Application, Environ } from "../../wsgi/types.ts";

/** Serves an application with Deno.serve on a free port. */
export function serveFetch(
  app: Application,
): { port: number; [Symbol.asyncDispose](): Promise<void> } {
  const settings = { port: 0, hostname: "127.0.0.1", onListen: () => {} };
  const server = Deno.serve(settings, toFetchHandler(app));
  return {
    port: server.addr.port,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** Waits until the signal of a request aborts. */
export function untilAborted(environ: Environ): Promise<unknown> {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const signal = environ["wsgiref.signal"]!();
  if (signal.aborted) resolve(signal.reason);
  signal.addEventListener("abort", () => resolve(signal.reason));
  return promise;
}
