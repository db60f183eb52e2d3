/**
 * One SCGI or uwsgi request, from its variables to the end of the response.
 *
 * @module
 */

import type { BackendProtocol, Variable } from "./block.ts";
import type { BackendConnection } from "./connection.ts";
import type { RequestFeed } from "./feed.ts";
import { completeVariables, joinVariables } from "./variables.ts";
import { contentLengthOf, createCgiEnviron } from "../environ/cgi_environ.ts";
import { checkBodySize } from "../environ/content_variables.ts";
import { BackendTransport } from "./transport.ts";
import { type EnvironOptions, SERVER_SOFTWARE } from "../environ/environ.ts";
import { errorResponse } from "../error_response.ts";
import { RequestInput } from "../input/input_stream.ts";
import { BadRequest } from "../environ/request_target.ts";
import { runApplication, type RunOptions } from "../run_application.ts";
import type { Application, Environ, ErrorStream } from "../../wsgi/types.ts";

/** The options of a server that concern one request. */
export type BackendRequestOptions =
  & Pick<
    EnvironOptions,
    "environ" | "maxRequestBodySize" | "multiprocess" | "serverSoftware"
  >
  & Pick<RunOptions, "onError">;

/** What all requests of one server share. */
export interface BackendContext {
  readonly app: Application;
  readonly protocol: BackendProtocol;
  readonly options: BackendRequestOptions;
  /** Where the server, and the application if nobody says else, writes. */
  readonly errors: ErrorStream;
}

/** One request on its way. */
export class BackendExchange {
  readonly transport: BackendTransport;
  readonly #connection: BackendConnection;
  readonly #context: BackendContext;
  #feed: RequestFeed | undefined;

  /**
   * @param connection Where it came from; its header block was taken.
   * @param context What all requests of the server share.
   */
  constructor(connection: BackendConnection, context: BackendContext) {
    this.#connection = connection;
    this.#context = context;
    this.transport = new BackendTransport(
      connection,
      context.protocol.statusPrefix,
      (message) => context.errors.write(`${message}\n`),
    );
  }

  /**
   * Runs the application for the request, or refuses it.
   *
   * @param sent The variables as they came.
   * @returns A promise that resolves when the response is sent and its body
   * closed. It never rejects.
   */
  async run(sent: readonly Variable[]): Promise<void> {
    const joined = joinVariables(sent);
    const { REQUEST_METHOD: method = "" } = joined;
    const { name, params } = this.#context.protocol;
    if (method === "") {
      // Not the client's fault: the web server sends too little.
      this.#context.errors.write(
        `Cannot serve over ${name}: REQUEST_METHOD must be sent by the web server, got none: nginx needs "include ${params};"\n`,
      );
      return await this.#refuse(500, joined);
    }
    let environ: Environ;
    try {
      environ = this.#createEnviron(completeVariables(joined));
    } catch (error) {
      if (!(error instanceof BadRequest)) throw error;
      this.#context.errors.write(
        `Cannot serve over ${name}: ${error.message}\n`,
      );
      return await this.#refuse(error.status, joined);
    }
    const { app, options: { onError } } = this.#context;
    // Taken now: the application may change its environ.
    const input = environ["wsgi.input"];
    await runApplication(app, environ, this.transport, { onError });
    if (input instanceof RequestInput) input.release();
  }

  async #refuse(
    status: number,
    variables: Readonly<Record<string, string>>,
  ): Promise<void> {
    const { CONTENT_LENGTH, HTTP_CONTENT_LENGTH, REQUEST_METHOD } = variables;
    // It may be no number; how much to read and drop is a guess then.
    const length = Number(HTTP_CONTENT_LENGTH) || Number(CONTENT_LENGTH) || 0;
    this.#receive(Math.max(0, Math.trunc(length)));
    await this.transport.answer(errorResponse(status), REQUEST_METHOD);
  }

  #receive(length: number): void {
    this.#feed = this.#connection.receive(
      length,
      () => this.transport.leave(),
    );
  }

  #createEnviron(variables: Readonly<Record<string, string>>): Environ {
    const { options, errors } = this.#context;
    const { maxRequestBodySize: maxSize, serverSoftware } = options;
    const contentLength = contentLengthOf(variables);
    checkBodySize(contentLength, maxSize);
    const environ = createCgiEnviron(variables, {
      input: new RequestInput(() => this.#feed?.open() ?? null, {
        contentLength,
        maxSize,
        ownsChunks: true,
      }),
      errors,
      signal: () => this.transport.cancellation.signal,
    });
    this.#receive(contentLength ?? 0);
    environ.SERVER_SOFTWARE = serverSoftware ?? environ.SERVER_SOFTWARE ??
      SERVER_SOFTWARE;
    environ["wsgi.multiprocess"] = options.multiprocess ?? false;
    environ["wsgi.run_once"] = false;
    return Object.assign(environ, options.environ);
  }
}
