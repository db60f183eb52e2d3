/**
 * One request of a CGI program, from its variables to the end of the output.
 *
 * @module
 */

import { encodeUtf8, toBytes } from "../../wsgi/byte_string.ts";
import type { CgiOptions } from "./cgi.ts";
import { checkBodySize } from "../environ/content_variables.ts";
import { contentLengthOf, createCgiEnviron } from "../environ/cgi_environ.ts";
import { CgiInput } from "./input.ts";
import { CgiTransport } from "./transport.ts";
import { errorResponse } from "../error_response.ts";
import { StderrStream } from "../../wsgi/error_stream.ts";
import { RequestInput } from "../input/input_stream.ts";
import { readEnviron } from "./read_environ.ts";
import { BadRequest } from "../environ/request_target.ts";
import {
  createHead,
  type ResponseHead,
  withoutContentLength,
} from "../response_head.ts";
import { runApplication } from "../run_application.ts";
import { onTermination } from "./termination.ts";
import type { Application, Environ } from "../../wsgi/types.ts";

type ErrorPage = readonly [head: ResponseHead, page: Uint8Array];

/** What this file needs of Deno. */
interface Runtime {
  Deno?: {
    stdin: { readable: ReadableStream<Uint8Array>; isTerminal(): boolean };
    stdout: { writable: WritableStream<Uint8Array> };
    exitCode: number;
  };
}

function runtime(): NonNullable<Runtime["Deno"]> {
  const { Deno } = globalThis as Runtime;
  if (Deno !== undefined) return Deno;
  throw new TypeError(
    "Cannot run under CGI: outside of Deno stdin and stdout must be given",
  );
}

/** The answer to a failure, checked before there is one. */
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
export class CgiExchange {
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
    this.#stdin = new CgiInput(options.stdin ?? runtime().stdin.readable);
    this.#stderr = options.stderr?.getWriter();
    this.#errors = new StderrStream(
      this.#stderr && ((text) => this.#write(text)),
    );
    this.#transport = new CgiTransport({
      stream: options.stdout ?? runtime().stdout.writable,
      closes: options.stdout !== undefined,
      log: (message) => this.#errors.write(`${message}\n`),
    });
  }

  /**
   * Runs an application for the request.
   *
   * @param app The application.
   */
  async run(app: Application): Promise<void> {
    // A process of its own is one that a web server may end.
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
      // Not the client's fault: somebody started the program by hand.
      this.#errors.write(
        "Cannot run under CGI: REQUEST_METHOD must be set by the web server, got none\n",
      );
      if (env === undefined) runtime().exitCode = 1;
      return await this.#answer(this.#errorPage);
    }
    let environ: Environ;
    try {
      environ = this.#createEnviron();
    } catch (error) {
      if (!(error instanceof BadRequest)) throw error;
      this.#errors.write(`Cannot run under CGI: ${error.message}\n`);
      return await this.#answer(errorResponse(error.status));
    }
    await runApplication(app, environ, this.#transport, {
      onError,
      errorPage: (code) => code === 500 ? this.#errorPage : errorResponse(code),
    });
  }

  #createEnviron(): Environ {
    const { maxRequestBodySize: maxSize, iisPathInfo, environ } = this.#options;
    const contentLength = contentLengthOf(this.#variables);
    checkBodySize(contentLength, maxSize);
    const open = () => this.#stdin.open();
    const created = createCgiEnviron(this.#variables, {
      input: new RequestInput(open, { contentLength, maxSize }),
      errors: this.#errors,
      signal: () => this.#transport.cancellation.signal,
    }, iisPathInfo);
    return Object.assign(created, environ);
  }

  #answer(page: ErrorPage): Promise<void> {
    return this.#transport.answer(page, this.#variables["REQUEST_METHOD"]);
  }

  /** Reads what is left of the request body, as far as there can be one. */
  async #drain(): Promise<void> {
    const variables = this.#variables;
    const { REQUEST_METHOD: method = "", CONTENT_LENGTH = "" } = variables;
    if (CONTENT_LENGTH !== "") {
      return await this.#stdin.drain(Number(CONTENT_LENGTH) || 0);
    }
    const hasBody = variables["HTTP_TRANSFER_ENCODING"] !== undefined ||
      !["", "GET", "HEAD"].includes(method);
    // Whoever sits at a terminal does not know that an end is waited for.
    const isTerminal = this.#options.stdin === undefined &&
      runtime().stdin.isTerminal();
    await this.#stdin.drain(hasBody && !isTerminal ? Infinity : 0);
  }

  #write(text: string): void {
    const writing = this.#stderr?.write(new TextEncoder().encode(text));
    // A log that is gone is no error of the application.
    if (writing !== undefined) this.#logged = writing.catch(() => {});
  }
}
