/**
 * One request on its way through a fetch handler.
 *
 * @module
 */

import type { LogEntry } from "../../server/access_log.ts";
import {
  createEnviron,
  type ServerEnvironOptions,
} from "../environ/environ.ts";
import { refuse } from "../error_response.ts";
import type { FetchHandlerOptions } from "./fetch.ts";
import { FetchTransport } from "./transport.ts";
import { RequestInput } from "../input/input_stream.ts";
import { LoggedTransport } from "../../server/logged_transport.ts";
import { BadRequest } from "../environ/request_target.ts";
import { runApplication } from "../run_application.ts";
import type { Application, Environ } from "../../wsgi/types.ts";

/** One request on its way through a fetch handler. */
export interface FetchExchange {
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
 * @param info What the runtime tells beside it.
 * @param options The handler's options.
 * @param entry Where the request is logged, if it is.
 * @returns The response, and when all of it is over.
 */
export function handleFetch(
  app: Application,
  request: Request,
  info: unknown,
  options: FetchHandlerOptions & ServerEnvironOptions,
  entry?: LogEntry,
): FetchExchange {
  const transport = new FetchTransport(request, info, options.ownsRequest);
  let environ: Environ;
  try {
    environ = createEnviron(
      request,
      info,
      () => transport.signal,
      options,
    );
  } catch (error) {
    if (!(error instanceof BadRequest)) throw error;
    entry?.refuse(error.status);
    return { response: refuse(error.status), done: undefined };
  }
  // Taken now: the application may change its environ.
  const input = environ["wsgi.input"];
  const way = entry === undefined
    ? transport
    : new LoggedTransport(transport, entry, environ);
  const done = runApplication(app, environ, way, options);
  if (input instanceof RequestInput) {
    if (done === undefined) input.release();
    else done.then(() => input.release());
  }
  return { response: transport.response, done, transport };
}
