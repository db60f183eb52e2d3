/**
 * The functions that an application gets as startResponse() and write().
 *
 * PEP 3333, "The start_response() Callable" and "The write() Callable".
 *
 * @module
 */

import { checkChunk } from "./body_chunks.ts";
import type { CallLog, CallOutcome } from "./call_outcome.ts";
import type { Cancellation } from "./cancellation.ts";
import { createHead } from "./response_head.ts";
import type { ResponseWriter } from "./response_writer.ts";
import type { HeaderTuple, Write } from "../wsgi/types.ts";

/** The parts of an application call that `ResponseControls` uses. */
export interface CallParts {
  /** The response to start and write. */
  readonly response: ResponseWriter;
  /** The outcome of the call. */
  readonly outcome: CallOutcome;
  /** Receives errors. */
  readonly log: CallLog;
  /** Reports an early end of the request. */
  readonly cancellation: Cancellation | undefined;
  /** Whether the body of the application has been closed. */
  readonly isClosed: boolean;
}

/** Starts the response of one call, and sends its chunks. */
export class ResponseControls {
  readonly #parts: CallParts;
  #started = false;
  /**
   * The error of a wrong call, which the application may have caught but has
   * not corrected.
   */
  #misuse: unknown;

  /** @param parts The parts of the same call. */
  constructor(parts: CallParts) {
    this.#parts = parts;
  }

  /**
   * Sets status and headers. The application gets it as startResponse.
   *
   * @param status The status, such as `"200 OK"`.
   * @param headers The headers, which are copied.
   * @param excInfo The error that is the reason for replacing the response.
   * @returns The write function for the application.
   * @throws {Error} If the application may not start the response now.
   * @throws {TypeError} If status or headers are malformed.
   */
  start(
    status: string,
    headers: readonly HeaderTuple[],
    excInfo: unknown,
  ): Write {
    const { response } = this.#parts;
    if (excInfo !== undefined && excInfo !== null) {
      // The headers cannot be replaced anymore, so the error is rethrown.
      if (response.headSent) throw excInfo;
      this.#misuse = undefined;
    } else if (this.#started) {
      throw this.#misuse = new Error(
        "Cannot start the response: it was started before, and a second call must pass excInfo",
      );
    }
    if (this.#isOver()) {
      throw new Error("Cannot start the response: the request is over");
    }
    // Set before the checks, because a failed call counts too.
    this.#started = true;
    response.head = undefined;
    try {
      response.head = createHead(status, headers);
    } catch (error) {
      throw this.#misuse = error;
    }
    return (chunk) => this.#write(chunk);
  }

  #write(chunk: Uint8Array): Promise<void> {
    const { response, outcome, cancellation } = this.#parts;
    try {
      checkChunk(chunk);
    } catch (error) {
      throw this.#misuse = error;
    }
    if (outcome.clientLeft) {
      return handled(Promise.reject(cancellation?.reason));
    }
    if (this.#isOver()) throw new Error("Cannot write: the request is over");
    const { head } = response;
    if (head === undefined) throw new Error("Cannot write: no status is set");
    if (chunk.byteLength === 0) return Promise.resolve();
    if (this.send(chunk)) return handled(Promise.resolve(response.ready));
    return handled(Promise.reject(
      new RangeError(
        `Cannot write: the body is longer than its Content-Length of ${head.contentLength}`,
      ),
    ));
  }

  /**
   * Sends a chunk.
   *
   * @param chunk The chunk; not empty.
   * @returns Whether it is within Content-Length.
   * @throws {Error} If the application has not started the response.
   */
  send(chunk: Uint8Array): boolean {
    const { response, log } = this.#parts;
    response.requireHead();
    const fits = response.send(chunk);
    if (!fits) log.addOverflow(response);
    return fits;
  }

  /**
   * Throws the stored error again, unless the application has corrected the
   * mistake.
   */
  throwMisuse(): void {
    if (this.#misuse !== undefined) throw this.#misuse;
  }

  /** Whether the application can no longer start the response or write. */
  #isOver(): boolean {
    const { outcome, isClosed } = this.#parts;
    return isClosed || (outcome.isDecided && !outcome.clientLeft);
  }
}

/** Marks a promise as handled. Code that awaits it still gets the rejection. */
function handled(promise: Promise<void>): Promise<void> {
  promise.catch(() => {});
  return promise;
}
