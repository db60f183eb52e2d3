/**
 * {@linkcode ForwardedBody}: the body of a response, as the worker sends it.
 *
 * @module
 */

import { WINDOW } from "../wire/messages.ts";

/** The worker is told of what was taken when it is at least this, in bytes. */
const MIN_TAKEN = WINDOW / 4;

type Result = IteratorResult<Uint8Array, undefined>;

/** The body of a response, chunk by chunk. */
export class ForwardedBody implements AsyncIterableIterator<Uint8Array> {
  readonly #onTaken: (bytes: number) => void;
  readonly #onClose: () => void;
  #chunks: Uint8Array[] = [];
  #taken = 0;
  #end: "clean" | { readonly error: Error } | undefined;
  #pending: PromiseWithResolvers<Result> | undefined;

  /**
   * @param onTaken Called with the number of bytes that the server has taken.
   * @param onClose Called when the server wants no more.
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

  /** Ends the body cleanly. */
  end(): void {
    this.#end ??= "clean";
    this.#wake();
  }

  /**
   * Ends the body so that the response is broken off. What has come before is
   * still sent.
   *
   * @param error What the server gets.
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

  /** Ends the body on the side of the server. */
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
