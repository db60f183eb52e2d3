/**
 * One request of a CGI program, from its variables to the end of the output.
 *
 * @module
 */

import { encodeUtf8, toBytes } from "../../wsgi/byte_string.ts";
import { createCgiEnviron } from "../environ/cgi_environ.ts";
import { CgiInput, onTermination, standardStreams } from "./process.ts";
import { CgiTransport } from "./transport.ts";
import { errorResponse } from "../error_response.ts";
import { StderrStream } from "../../wsgi/error_stream.ts";
import { RequestInput } from "../input/input_stream.ts";
import { readEnviron } from "./read_environ.ts";
import { RequestError } from "../../http1/request_error.ts";
import {
  createHead,
  type ResponseHead,
  withoutContentLength,
} from "../response_head.ts";
import { runApplication, type RunOptions } from "../run_application.ts";
import type { Application, Environ, HeaderTuple } from "../../wsgi/types.ts";

type ErrorPage = readonly [head: ResponseHead, page: Uint8Array];

/** Options of `runCgi()`. */
export interface CgiOptions extends Pick<RunOptions, "onError"> {
  /**
   * The variables of the request as text.
   *
   * @default {the environment of the process}
   */
  env?: Readonly<Record<string, string>> | undefined;
  /**
   * The request body.
   *
   * @default {the standard input of the process}
   */
  stdin?: ReadableStream<Uint8Array> | undefined;
  /**
   * The destination of the response. It is closed at the end of the response,
   * and aborted if the response is cut off.
   *
   * @default {the standard output of the process, which stays open}
   */
  stdout?: WritableStream<Uint8Array> | undefined;
  /**
   * The destination of `wsgi.errors`, encoded as UTF-8. It stays open.
   *
   * @default {the standard error output of the process}
   */
  stderr?: WritableStream<Uint8Array> | undefined;
  /** Additional variables; they replace those of the request. */
  environ?: Readonly<Record<string, unknown>> | undefined;
  /**
   * The longest request body in bytes. The response to a longer one is 413.
   *
   * @default {no limit}
   */
  maxRequestBodySize?: number | undefined;
  /**
   * Whether to remove `SCRIPT_NAME` from the beginning of `PATH_INFO`, where
   * IIS repeats it.
   *
   * @default {false}
   */
  iisPathInfo?: boolean | undefined;
  /**
   * The status of the response if the application fails.
   *
   * @default {"500 Internal Server Error"}
   */
  errorStatus?: string | undefined;
  /**
   * The headers of that response. Content-Length is added.
   *
   * @default {[["Content-Type", "text/plain; charset=utf-8"]]}
   */
  errorHeaders?: readonly HeaderTuple[] | undefined;
  /**
   * The body of that response; a string is sent as UTF-8.
   *
   * @default {"500 Internal Server Error\n"}
   */
  errorBody?: Uint8Array | string | undefined;
}

/**
 * Creates the response to a failure. The options are checked before the
 * request.
 */
function createErrorPage(options: CgiOptions): ErrorPage {
  const [head, page] = errorResponse(500);
  const { errorStatus, errorHeaders, errorBody = page } = options;
  return [
    withoutContentLength(
      createHead(errorStatus ?? head.status, errorHeaders ?? head.headers),
    ),
    typeof errorBody === "string" ? toBytes(encodeUtf8(errorBody)) : errorBody,
  ];
}

/** One request, from its variables to the end of the output. */
export class CgiRequest {
  readonly #options: CgiOptions;
  readonly #errorPage: ErrorPage;
  readonly #variables: Record<string, string>;
  readonly #stdin: CgiInput;
  readonly #stderr: WritableStreamDefaultWriter<Uint8Array> | undefined;
  readonly #errors: StderrStream;
  readonly #transport: CgiTransport;
  /** The last write to `stderr`. */
  #logged: Promise<void> = Promise.resolve();

  /**
   * @param options The options of `runCgi()`.
   */
  constructor(options: CgiOptions) {
    this.#options = options;
    this.#errorPage = createErrorPage(options);
    this.#variables = readEnviron(options.env);
    this.#stdin = new CgiInput(
      options.stdin ?? standardStreams().stdin.readable,
    );
    this.#stderr = options.stderr?.getWriter();
    this.#errors = new StderrStream(
      this.#stderr && ((text) => this.#write(text)),
    );
    this.#transport = new CgiTransport({
      stream: options.stdout ?? standardStreams().stdout.writable,
      closes: options.stdout !== undefined,
      log: (message) => this.#errors.write(`${message}\n`),
    });
  }

  /**
   * Runs an application for the request.
   *
   * @param app The application, which must be a function.
   */
  async run(app: Application): Promise<void> {
    // If the response goes to standard output, a web server may end the
    // process.
    const forget = this.#options.stdout === undefined
      ? onTermination(() => this.#transport.terminate())
      : () => {};
    try {
      await this.#respond(app);
      await this.#drain();
    } finally {
      forget();
      this.#transport.release();
      await this.#logged;
      this.#stderr?.releaseLock();
    }
  }

  async #respond(app: Application): Promise<void> {
    const { env, onError } = this.#options;
    if (!this.#variables["REQUEST_METHOD"]) {
      // Not the client's fault: the program was started by hand.
      this.#errors.write(
        "Cannot run under CGI: REQUEST_METHOD must be set by the web server, got none\n",
      );
      if (env === undefined) standardStreams().exitCode = 1;
      return await this.#answer(this.#errorPage);
    }
    let environ: Environ;
    try {
      environ = this.#createEnviron();
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      this.#errors.write(`Cannot run under CGI: ${error.message}\n`);
      return await this.#answer(errorResponse(error.status));
    }
    await runApplication(app, environ, this.#transport, {
      onError,
      errorPage: (code) => code === 500 ? this.#errorPage : errorResponse(code),
    });
  }

  #createEnviron(): Environ {
    const { maxRequestBodySize: maxSize, iisPathInfo } = this.#options;
    const open = () => this.#stdin.open();
    return createCgiEnviron(this.#variables, {
      openInput: (contentLength) =>
        new RequestInput(open, { contentLength, maxSize }),
      errors: this.#errors,
      multiprocess: true,
      runOnce: true,
      signal: () => this.#transport.cancellation.signal,
      repeatsScript: iisPathInfo,
    }, this.#options);
  }

  #answer(page: ErrorPage): Promise<void> {
    return this.#transport.answer(page, this.#variables["REQUEST_METHOD"]);
  }

  /** Reads the rest of the request body, if there can be one. */
  async #drain(): Promise<void> {
    const variables = this.#variables;
    const { REQUEST_METHOD: method = "", CONTENT_LENGTH = "" } = variables;
    if (CONTENT_LENGTH !== "") {
      return await this.#stdin.drain(Number(CONTENT_LENGTH) || 0);
    }
    const hasBody = variables["HTTP_TRANSFER_ENCODING"] !== undefined ||
      !["", "GET", "HEAD"].includes(method);
    // A user at a terminal does not know that the program waits for the end.
    const isTerminal = this.#options.stdin === undefined &&
      standardStreams().stdin.isTerminal();
    await this.#stdin.drain(hasBody && !isTerminal ? Infinity : 0);
  }

  #write(text: string): void {
    const writing = this.#stderr?.write(new TextEncoder().encode(text));
    // A closed log is not an error of the application.
    if (writing !== undefined) this.#logged = writing.catch(() => {});
  }
}
