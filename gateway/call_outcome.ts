/**
 * How an application call ends, and what is logged about it.
 *
 * @module
 */

import { StderrStream } from "../wsgi/error_stream.ts";
import type { Environ, ErrorStream } from "../wsgi/types.ts";
import type { BodyReader } from "./body_reader.ts";
import { type Cancellation, ClientDisconnected } from "./cancellation.ts";
import { errorResponse, formatError, statusOfError } from "./error_response.ts";
import { RequestBodyError } from "./input/request_body_error.ts";
import type { ResponseHead } from "./response_head.ts";
import type { ResponseWriter } from "./response_writer.ts";

/** Options of `runApplication()`. */
export interface RunOptions {
  /**
   * Called with the error that the application threw, or with one that says
   * which rule it broke. The error has been written to `wsgi.errors` before.
   */
  onError?: ((error: unknown, environ: Environ) => void) | undefined;
  /**
   * Makes the response to a request that failed before the headers were sent.
   *
   * @default {the status and its reason as plain text}
   */
  errorPage?:
    | ((code: number) => readonly [head: ResponseHead, page: Uint8Array])
    | undefined;
}

/** Writes the errors of one call to `wsgi.errors`, and passes them to `onError`. */
export class CallLog {
  readonly #environ: Environ;
  readonly #errors: ErrorStream;
  readonly #onError: RunOptions["onError"];
  #hasOverflow = false;

  /**
   * @param environ The variables of the request.
   * @param options The options of the call.
   */
  constructor(environ: Environ, options: RunOptions) {
    this.#environ = environ;
    // Read now, because the application may change its environ.
    this.#errors = environ["wsgi.errors"] ?? new StderrStream();
    this.#onError = options.onError;
  }

  /**
   * Adds an error.
   *
   * @param error The thrown value, or an error that says which rule was broken.
   */
  add(error: unknown): void {
    try {
      this.#errors.write(formatError(error));
      this.#onError?.(error, this.#environ);
    } catch {
      // The log itself is broken. The response continues without it.
    }
  }

  /**
   * Reports, once, that a body is longer than its Content-Length.
   *
   * @param response The response of the same call.
   */
  addOverflow(response: ResponseWriter): void {
    if (this.#hasOverflow) return;
    this.#hasOverflow = true;
    this.add(
      new RangeError(
        `Cannot send the whole body: it is longer than its Content-Length of ${response.head?.contentLength}`,
      ),
    );
  }
}

/**
 * The outcome of one call, decided once: the response is complete, the
 * application has failed, or the client has left. Nothing is sent after that.
 */
export class CallOutcome {
  readonly #response: ResponseWriter;
  readonly #cancellation: Cancellation | undefined;
  readonly #log: CallLog;
  readonly #errorPage: NonNullable<RunOptions["errorPage"]>;
  #outcome: "completed" | "failed" | "left" | undefined;

  /**
   * @param response The response of the same call.
   * @param cancellation Reports an early end of the request.
   * @param log Receives errors.
   * @param options The options of the call.
   */
  constructor(
    response: ResponseWriter,
    cancellation: Cancellation | undefined,
    log: CallLog,
    { errorPage = errorResponse }: RunOptions,
  ) {
    this.#response = response;
    this.#cancellation = cancellation;
    this.#log = log;
    this.#errorPage = errorPage;
  }

  /** Whether nothing may be sent anymore. */
  get isDecided(): boolean {
    return this.#outcome !== undefined;
  }

  /** Whether the client left before the response was complete. */
  get clientLeft(): boolean {
    return this.#outcome === "left";
  }

  /**
   * Decides that the response is complete.
   *
   * @param sending Settles when the last bytes have been sent.
   * @returns The same, but it never rejects.
   */
  complete(sending: void | Promise<void>): void | Promise<void> {
    this.#outcome = "completed";
    this.#cancellation?.finish();
    return sending?.catch((error) => this.#log.add(error));
  }

  /**
   * Completes the response at the end of its body.
   *
   * @param body The body, read to its end.
   * @returns A promise if sending or closing is async.
   * @throws {Error} If the application did not start the response, or the body
   * is shorter than its Content-Length.
   */
  endBody(body: BodyReader): void | Promise<void> {
    const response = this.#response;
    const { contentLength } = response.requireHead();
    if (response.isShort) {
      response.sendHead();
      throw new Error(
        `Cannot complete the response: the body has ${response.sent} bytes, its Content-Length is ${contentLength}`,
      );
    }
    const sending = this.complete(
      response.headSent ? response.end() : response.sendWhole(new Uint8Array()),
    );
    const closing = body.close();
    return sending === undefined ? closing : sending.then(() => closing);
  }

  /**
   * Completes a response whose Content-Length has been reached: the client has
   * all of it. The body is asked for one more chunk, so that code after its
   * last chunk runs; if there is another chunk, the body is closed.
   *
   * @param body The body, not read to its end.
   */
  async endFull(body: BodyReader): Promise<void> {
    const sending = this.complete(this.#response.end());
    try {
      const extra = body.isAsync ? await body.nextAsync() : body.next();
      if (extra !== undefined && extra.byteLength > 0) {
        this.#log.addOverflow(this.#response);
      }
    } catch (error) {
      this.#log.add(error);
    }
    await body.close();
    await sending;
  }

  /** Decides that the client has left. */
  leave(): void {
    this.#outcome = "left";
  }

  /**
   * Decides that the application has failed or broken the contract, and sends
   * the error response. If the outcome was decided before, the error is only
   * logged.
   *
   * @param error The thrown value.
   * @returns A promise if sending is async.
   */
  fail(error: unknown): void | Promise<void> {
    if (this.isDecided) {
      if (!this.#isExpected(error)) this.#log.add(error);
      return;
    }
    this.#outcome = "failed";
    this.#log.add(error);
    this.#cancellation?.finish();
    return this.#sendError(error);
  }

  /** Sends an error page, or aborts a response that has begun. */
  #sendError(error: unknown): void | Promise<void> {
    const response = this.#response;
    try {
      if (!response.headSent) {
        const [head, page] = this.#errorPage(statusOfError(error));
        response.head = head;
        return response.sendWhole(page)?.catch((error) => this.#log.add(error));
      }
    } catch (error) {
      this.#log.add(error);
    }
    response.abort(error);
  }

  /**
   * Whether an error only repeats the reason why the application had to stop.
   */
  #isExpected(error: unknown): boolean {
    if (this.clientLeft) return isAbort(error);
    const reason = this.#cancellation?.reason;
    return reason !== undefined &&
      (error === reason || isAbort(error) && causeOf(error) === reason);
  }
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}

/** Whether an error only reports an aborted operation. */
function isAbort(error: unknown): boolean {
  return error instanceof ClientDisconnected ||
    error instanceof RequestBodyError ||
    // A DOMException is an Error too; Node.js has its own AbortError.
    (error instanceof Error && error.name === "AbortError");
}
