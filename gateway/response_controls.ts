/**
 * What an application knows as startResponse() and write().
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

/** The parts of an application call. */
export interface CallParts {
  /** The response. */
  readonly response: ResponseWriter;
  /** How the call ends. */
  readonly outcome: CallOutcome;
  /** Where errors go. */
  readonly log: CallLog;
  /** The early end of the request. */
  readonly cancellation: Cancellation | undefined;
  /** Whether the body of the application was closed. */
  readonly isClosed: boolean;
}

/** Starts the response of one call, and sends its chunks. */
export class ResponseControls {
  readonly #parts: CallParts;
  #started = false;
  /** A misuse that the application may have caught, but has not corrected. */
  #misuse: unknown;

  /** @param parts The parts of the call. */
  constructor(parts: CallParts) {
    this.#parts = parts;
  }

  /**
   * Sets status and headers. The application knows it as startResponse.
   *
   * @param status The status.
   * @param headers The headers; they are copied.
   * @param excInfo The error because of which the response is started anew.
   * @returns The function that the application knows as write.
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
      // Too late to replace what was sent: the error goes on.
      if (response.headSent) throw excInfo;
      this.#misuse = undefined;
    } else if (this.#started) {
      throw this.#misuse = new Error(
        "Cannot start the response: it was started before, and a second call must give excInfo",
      );
    }
    if (this.#isOver()) {
      throw new Error("Cannot start the response: the request is over");
    }
    // Set before the checks: a call that fails was a call.
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
   * @returns Whether it fits Content-Length.
   * @throws {Error} If the application has not started the response.
   */
  send(chunk: Uint8Array): boolean {
    const { response, log } = this.#parts;
    response.requireHead();
    const fits = response.send(chunk);
    if (!fits) log.addOverflow(response);
    return fits;
  }

  /** Throws what the application has caught, unless it has started anew. */
  throwMisuse(): void {
    if (this.#misuse !== undefined) throw this.#misuse;
  }

  /** Whether the application may neither start nor write any more. */
  #isOver(): boolean {
    const { outcome, isClosed } = this.#parts;
    return isClosed || (outcome.isDecided && !outcome.clientLeft);
  }
}

/** Marks a promise as handled: code that awaits it still sees the rejection. */
function handled(promise: Promise<void>): Promise<void> {
  promise.catch(() => {});
  return promise;
}
