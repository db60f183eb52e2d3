/**
 * Runs a WSGI application as a fetch handler: with `Deno.serve`, `deno serve`,
 * Bun or workerd, or in a framework that mounts fetch handlers.
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
 * A fetch handler: a function from `Request` to `Response`.
 *
 * @param request The request to answer.
 * @param info The second argument of the runtime. Deno's `ServeHandlerInfo` is
 * used; anything else is ignored.
 * @returns The response; not a promise if the application is sync and returns
 * an array.
 */
export type FetchHandler = (
  request: Request,
  info?: unknown,
) => Response | Promise<Response>;

/**
 * Turns an application into a fetch handler.
 *
 * The handler works with any server of fetch handlers. Requests that must not
 * reach an application, such as one with a malformed Host, get a response with
 * 400, 413, 417 or 501, and a line in `wsgi.errors`.
 *
 * A framework that mounts fetch handlers, such as Hono, removes the mount point
 * from the URL without passing it on. Pass it yourself: `{ environ: {
 * SCRIPT_NAME: "/shop" } }`.
 *
 * PEP 3333, "The Server/Gateway Side".
 *
 * @param app The application, called once per request.
 * @param options The properties of the server, and limits.
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

/** The objects that the requests of one handler share. */
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
  // Read now, because the application may change its environ.
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
