/**
 * Runs a WSGI application as a fetch handler: under `Deno.serve`,
 * `deno serve`, Bun, workerd, or inside a framework that mounts fetch handlers.
 *
 * ```ts
 * import { toFetchHandler } from "@wsgi/ref/fetch";
 * import { demoApp } from "@wsgi/ref";
 * import { assertEquals } from "@std/assert";
 *
 * const handler = toFetchHandler(demoApp);
 * const response = await handler(new Request("http://localhost:8000/"));
 * assertEquals(response.status, 200);
 * await response.body?.cancel();
 * ```
 *
 * @module
 */

import { RequestError } from "../../http1/request_error.ts";
import { EnvironTemplates } from "../environ/environ_template.ts";
import type { EnvironOptions } from "../environ/request_environ.ts";
import { fetchErrorResponse } from "../error_response.ts";
import { RequestInput } from "../input/input_stream.ts";
import {
  checkApplication,
  runApplication,
  type RunOptions,
} from "../run_application.ts";
import {
  createLog,
  describeRefusal,
  type RateLimitedLog,
} from "../rate_limited_log.ts";
import { createFetchEnviron, remoteOf } from "./environ.ts";
import { FetchTransport } from "./transport.ts";
import type { Application, Environ } from "../../wsgi/types.ts";

export type { EnvironOptions, RunOptions };

/** Options of `toFetchHandler()`. */
export interface FetchHandlerOptions extends EnvironOptions, RunOptions {}

/**
 * A fetch handler.
 *
 * @param request The request.
 * @param info What the runtime passes with the request. Deno's forms are
 * understood; anything else is ignored.
 * @returns The response: at once when the application answered at once.
 */
export type FetchHandler = (
  request: Request,
  info?: unknown,
) => Response | Promise<Response>;

/**
 * Makes a fetch handler of an application.
 *
 * The handler is for any server of fetch handlers. Requests that no application
 * may see, such as one with a malformed Host, are answered with 400, 413, 417 or
 * 501, and logged in a line of `wsgi.errors`.
 *
 * A framework that mounts fetch handlers, such as Hono, takes the mount point off
 * from the URL and does not say so. Pass it: `{ environ: { SCRIPT_NAME: "/shop" } }`.
 *
 * PEP 3333, "The Server/Gateway Side".
 *
 * @param app The application.
 * @param options Facts about the server, and limits.
 * @returns The handler. It never throws and never rejects.
 * @throws {TypeError} If `app` is not a function.
 *
 * @example Usage with `deno serve`
 * ```ts
 * import { toFetchHandler } from "@wsgi/ref/fetch";
 * import type { Application } from "@wsgi/ref";
 * import { assertEquals } from "@std/assert";
 *
 * const app: Application = (_environ, startResponse) => {
 *   startResponse("200 OK", [["Content-Type", "text/plain"]]);
 *   return [new TextEncoder().encode("Hello world!\n")];
 * };
 * const server = { fetch: toFetchHandler(app) }; // export default server
 *
 * const response = await server.fetch(new Request("http://localhost/"));
 * assertEquals(await response.text(), "Hello world!\n");
 * ```
 */
export function toFetchHandler(
  app: Application,
  options: FetchHandlerOptions = {},
): FetchHandler {
  checkApplication(app);
  const shared: Shared = {
    app,
    options,
    templates: new EnvironTemplates(),
    log: createLog(options.environ),
  };
  return (request, info) => handleFetch(shared, request, info);
}

/** What the requests of one handler have in common. */
interface Shared {
  readonly app: Application;
  readonly options: FetchHandlerOptions;
  readonly templates: EnvironTemplates;
  readonly log: RateLimitedLog;
}

function handleFetch(
  { app, options, templates, log }: Shared,
  request: Request,
  info: unknown,
): Response | Promise<Response> {
  const transport = new FetchTransport(request);
  const signal = (): AbortSignal => transport.signal;
  let environ: Environ;
  try {
    environ = createFetchEnviron(request, info, signal, options, templates);
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    log.add(describeRefusal(error, remoteOf(info).remoteAddress));
    return fetchErrorResponse(error.status);
  }
  // Taken now: the application may change its environ.
  const input = environ["wsgi.input"];
  const done = runApplication(app, environ, transport, options);
  const release = (): void => {
    transport.finish();
    if (input instanceof RequestInput) input.release();
  };
  if (done === undefined) release();
  else done.then(release);
  return transport.response;
}
