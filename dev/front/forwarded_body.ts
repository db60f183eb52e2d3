/**
 * {@linkcode ForwardedBody}: the body of a response, chunk by chunk from the
 * worker.
 *
 * @module
 */

import { WINDOW } from "../wire/messages.ts";

/** The number of bytes after which the worker is notified. */
const MIN_TAKEN = WINDOW / 4;

type Result = IteratorResult<Uint8Array, undefined>;

/** The body of a response from the worker. */
export class ForwardedBody implements AsyncIterableIterator<Uint8Array> {
  readonly #onTaken: (bytes: number) => void;
  readonly #onClose: () => void;
  #chunks: Uint8Array[] = [];
  #taken = 0;
  #end: "clean" | { readonly error: Error } | undefined;
  #pending: PromiseWithResolvers<Result> | undefined;

  /**
   * @param onTaken Called with the number of bytes that the server has taken.
   * @param onClose Called when the server closes the body before its end.
   */
  constructor(onTaken: (bytes: number) => void, onClose: () => void) {
    this.#onTaken = onTaken;
    this.#onClose = onClose;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /**
   * Adds a chunk.
   *
   * @param chunk The chunk.
   */
  add(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#wake();
  }

  /** Completes the body. */
  end(): void {
    this.#end ??= "clean";
    this.#wake();
  }

  /**
   * Breaks off the body after the chunks that were already added.
   *
   * @param error The error for the server.
   */
  fail(error: Error): void {
    this.#end ??= { error };
    this.#wake();
  }

  next(): Promise<Result> {
    const chunk = this.#chunks.shift();
    if (chunk !== undefined) {
      this.#take(chunk.length);
      return Promise.resolve({ done: false, value: chunk });
    }
    if (this.#end === "clean") {
      return Promise.resolve({ done: true, value: undefined });
    }
    if (this.#end !== undefined) return Promise.reject(this.#end.error);
    this.#pending = Promise.withResolvers();
    return this.#pending.promise;
  }

  /** Has no effect: `close()` ends the body. */
  return(): Promise<Result> {
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Closes the body. The server calls this in any case. */
  close(): void {
    if (this.#end === undefined) this.#onClose();
    this.end();
  }

  #take(bytes: number): void {
    this.#taken += bytes;
    if (this.#taken < MIN_TAKEN) return;
    this.#onTaken(this.#taken);
    this.#taken = 0;
  }

  #wake(): void {
    const pending = this.#pending;
    if (pending === undefined) return;
    this.#pending = undefined;
    this.next().then(pending.resolve, pending.reject);
  }
}
