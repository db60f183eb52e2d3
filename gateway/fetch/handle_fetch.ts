/**
 * One request on its way through a fetch handler.
 *
 * @module
 */

import { createFetchEnviron, type FetchEnvironOptions } from "./environ.ts";
import type { EnvironOptions } from "../environ/request_environ.ts";
import { fetchErrorResponse } from "../error_response.ts";
import { FetchTransport } from "./transport.ts";
import { RequestInput } from "../input/input_stream.ts";
import { BadRequest } from "../environ/bad_request.ts";
import { runApplication, type RunOptions } from "../run_application.ts";
import type { Transport } from "../transport.ts";
import type { Application, Environ } from "../../wsgi/types.ts";

/** Options of `toFetchHandler()`. */
export interface FetchHandlerOptions extends EnvironOptions, RunOptions {}

/** Follows one request, for a server that logs it. */
export interface FetchObserver {
  /**
   * Called when the request is answered without the application.
   *
   * @param status The status code of the error response.
   */
  endWithError(status: number): void;
  /**
   * Called before the application.
   *
   * @param transport The transport of the request.
   * @param environ Its variables.
   * @returns The transport to use: the same, or one around it.
   */
  observe(transport: FetchTransport, environ: Environ): Transport;
}

/** One request that was handed to the application, or refused. */
export interface HandledRequest {
  /** The response to hand over. */
  readonly response: Response | Promise<Response>;
  /** Settles when the body is closed too; nothing if all is over. */
  readonly done: void | Promise<void>;
  /** Its transport; none for a request that no application has seen. */
  readonly transport?: FetchTransport;
}

/**
 * Runs an application for one request.
 *
 * @param app The application.
 * @param request The request.
 * @param info What the runtime passes with it.
 * @param options The handler's options.
 * @param observer Follows the request.
 * @returns The response, and when all of it is over.
 */
export function handleFetch(
  app: Application,
  request: Request,
  info: unknown,
  options: FetchHandlerOptions & FetchEnvironOptions,
  observer?: FetchObserver,
): HandledRequest {
  const transport = new FetchTransport(request, info, options.ownsRequest);
  let environ: Environ;
  try {
    environ = createFetchEnviron(
      request,
      info,
      () => transport.signal,
      options,
    );
  } catch (error) {
    if (!(error instanceof BadRequest)) throw error;
    observer?.endWithError(error.status);
    return { response: fetchErrorResponse(error.status), done: undefined };
  }
  // Taken now: the application may change its environ.
  const input = environ["wsgi.input"];
  const observed = observer?.observe(transport, environ) ?? transport;
  const done = runApplication(app, environ, observed, options);
  if (input instanceof RequestInput) {
    if (done === undefined) input.release();
    else done.then(() => input.release());
  }
  return { response: transport.response, done, transport };
}
