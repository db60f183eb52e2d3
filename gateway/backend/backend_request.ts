/**
 * A backend is an application server behind a web server, such as nginx, Apache
 * or lighttpd, that speaks SCGI or uwsgi to it instead of HTTP. The web server
 * opens a connection for each request and sends the variables of CGI as a
 * header block, then the request body; the response comes back as from a CGI
 * program. What listens is in `server/`.
 *
 * This is one such request, from its variables to the end of the response.
 *
 * @module
 */

import type { ReadBlock, Variable } from "./header_block.ts";
import type { BackendConnection } from "./connection.ts";
import type { RequestStream } from "./request_stream.ts";
import { completeVariables, joinVariables } from "./cgi_variables.ts";
import { type CgiVariables, createCgiEnviron } from "../environ/cgi_environ.ts";
import { BackendTransport } from "./transport.ts";
import { SERVER_SOFTWARE } from "../environ/base_environ.ts";
import { errorResponse } from "../error_response.ts";
import { RequestInput } from "../input/input_stream.ts";
import { BadRequest } from "../environ/bad_request.ts";
import { runApplication, type RunOptions } from "../run_application.ts";
import type { EnvironOptions } from "../environ/request_environ.ts";
import type { Application, Environ, ErrorStream } from "../../wsgi/types.ts";

/** What SCGI and uwsgi have each of its own. */
export interface BackendProtocol {
  /** Its name, for messages. */
  readonly name: string;
  /** The file with variables that nginx has to include. */
  readonly params: string;
  /** What stands before the status of a response. */
  readonly statusPrefix: string;
  /** Reads the header block. */
  readonly readBlock: ReadBlock;
}

/** What the user of a backend says about its requests. */
export interface BackendRequestOptions extends
  Pick<
    EnvironOptions,
    "environ" | "maxRequestBodySize" | "multiprocess" | "serverSoftware"
  >,
  Pick<RunOptions, "onError"> {}

/** What all requests of one server share. */
export interface BackendContext {
  readonly app: Application;
  readonly protocol: BackendProtocol;
  readonly options: BackendRequestOptions;
  /** Where the server, and the application if nobody says else, writes. */
  readonly errors: ErrorStream;
}

/** One request on its way. */
export class BackendRequest {
  readonly transport: BackendTransport;
  readonly #connection: BackendConnection;
  readonly #context: BackendContext;
  #stream: RequestStream | undefined;

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
      const completed = completeVariables(joined);
      const { serverSoftware } = this.#context.options;
      environ = this.#createEnviron({
        ...completed,
        SERVER_SOFTWARE: serverSoftware ?? completed["SERVER_SOFTWARE"] ??
          SERVER_SOFTWARE,
      });
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
    variables: CgiVariables,
  ): Promise<void> {
    const { CONTENT_LENGTH, HTTP_CONTENT_LENGTH, REQUEST_METHOD } = variables;
    // It may be no number; how much to read and drop is a guess then.
    const length = Number(HTTP_CONTENT_LENGTH) || Number(CONTENT_LENGTH) || 0;
    this.#receive(Math.max(0, Math.trunc(length)));
    await this.transport.answer(errorResponse(status), REQUEST_METHOD);
  }

  #receive(length: number): void {
    this.#stream = this.#connection.receive(
      length,
      () => this.transport.leave(),
    );
  }

  #createEnviron(variables: CgiVariables): Environ {
    const { options, errors } = this.#context;
    const { maxRequestBodySize: maxSize } = options;
    const openBody = () => this.#stream?.open() ?? null;
    return createCgiEnviron(variables, {
      openInput: (contentLength) => {
        this.#receive(contentLength ?? 0);
        const limits = { contentLength, maxSize, ownsRequest: true };
        return new RequestInput(openBody, limits);
      },
      errors,
      multiprocess: options.multiprocess ?? false,
      runOnce: false,
      signal: () => this.transport.cancellation.signal,
    }, options);
  }
}
