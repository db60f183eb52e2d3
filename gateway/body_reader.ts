/**
 * Reading a response body: one chunk at a time, closed exactly once.
 *
 * @module
 */

import { describe, ignoreRejection, isThenable } from "../wsgi/describe.ts";
import {
  type AnyBody,
  checkBody,
  checkChunk,
  createBodyError,
} from "./body_chunks.ts";

interface AnyIterator {
  next(): unknown;
  return?: (() => unknown) | undefined;
}

/** Takes errors that change nothing about the response. */
export interface ErrorLog {
  /** Adds what was thrown. */
  add(error: unknown): void;
}

/** One body and the iterator over it. */
export class BodyReader {
  readonly #body: unknown;
  readonly #log: ErrorLog;
  #iterator: AnyIterator | undefined;
  #async = false;
  /** The callbacks of a next() that is pending. */
  #take: ((chunk: Uint8Array | undefined) => void) | undefined;
  #fail: ((error: unknown) => void) | undefined;
  #onResult: ((result: unknown) => void) | undefined;
  #onError: ((error: unknown) => void) | undefined;
  /** Whether the iterator has finished by itself and wants no return(). */
  #ended = false;
  #closed: Promise<void> | undefined | false = false;

  /**
   * @param body What the application returned.
   * @param log Takes what `return()` and `close()` throw.
   */
  constructor(body: unknown, log: ErrorLog) {
    this.#body = body;
    this.#log = log;
  }

  /** Whether next() gives promises. Known once the body was opened. */
  get isAsync(): boolean {
    return this.#async;
  }

  /** Whether close() was called. */
  get isClosed(): boolean {
    return this.#closed !== false;
  }

  /**
   * Takes the body's iterator, the async one if there are both.
   *
   * @param body What to iterate if not the body itself.
   * @throws {TypeError} If it is not an iterable of chunks.
   */
  open(body: unknown = this.#body): void {
    // Until there is an iterator, there is nothing to return().
    this.#ended = true;
    checkBody(body);
    const asyncMethod = body[Symbol.asyncIterator];
    const method = asyncMethod ?? body[Symbol.iterator];
    if (typeof method !== "function") throw createBodyError(describe(body));
    const iterator: unknown = method.call(body);
    if (typeof iterator !== "object" || iterator === null) {
      throw createBodyError(
        `an iterable whose iterator is ${describe(iterator)}`,
      );
    }
    this.#async = asyncMethod !== undefined && asyncMethod !== null;
    this.#iterator = iterator as AnyIterator;
    this.#ended = false;
  }

  #read(result: unknown): Uint8Array | undefined {
    if (typeof result !== "object" || result === null) {
      throw new TypeError(
        `Cannot send the body: next() must give an object, got ${
          describe(result)
        }`,
      );
    }
    const { done, value } = result as IteratorResult<unknown>;
    if (done) {
      this.#ended = true;
      return undefined;
    }
    checkChunk(value);
    return value;
  }

  /**
   * Asks a sync body for its next chunk.
   *
   * @returns The chunk, or `undefined` at the end.
   * @throws Whatever the body throws.
   * @throws {TypeError} If the chunk is not a `Uint8Array`.
   */
  next(): Uint8Array | undefined {
    let result: unknown;
    try {
      result = this.#iterator!.next();
    } catch (error) {
      this.#ended = true;
      throw error;
    }
    if (isThenable(result)) {
      ignoreRejection(result);
      throw new TypeError(
        "Cannot send the body: next() of a sync iterator must not give a promise",
      );
    }
    return this.#read(result);
  }

  /**
   * Asks an async body for its next chunk.
   *
   * @returns The chunk, or `undefined` at the end and when the body was closed
   * in the meantime. It rejects with what the body throws, and with a
   * `TypeError` if the chunk is not a `Uint8Array`.
   */
  nextAsync(): Promise<Uint8Array | undefined> {
    return new Promise((resolve, reject) => this.ask(resolve, reject));
  }

  /**
   * Asks an async body for its next chunk, as nextAsync() does, without a
   * promise of our own. One of the functions is called, and not at once.
   *
   * @param take Called with the chunk, or with `undefined`.
   * @param fail Called with the error.
   */
  ask(
    take: (chunk: Uint8Array | undefined) => void,
    fail: (error: unknown) => void,
  ): void {
    this.#take = take;
    this.#fail = fail;
    // Made once for all chunks.
    this.#onResult ??= (result) => this.#accept(result);
    this.#onError ??= (error) => this.#reject(error);
    let result: Promise<unknown>;
    try {
      result = Promise.resolve(this.#iterator!.next());
    } catch (error) {
      result = Promise.reject(error);
    }
    result.then(this.#onResult, this.#onError);
  }

  #accept(result: unknown): void {
    const take = this.#take;
    const fail = this.#fail;
    this.#take = this.#fail = undefined;
    let chunk: Uint8Array | undefined;
    try {
      chunk = this.#read(result);
    } catch (error) {
      fail?.(error);
      return;
    }
    take?.(chunk);
  }

  #reject(error: unknown): void {
    const fail = this.#fail;
    this.#take = this.#fail = undefined;
    this.#ended = true;
    fail?.(error);
  }

  /**
   * Ends the reading: the iterator's return() if it did not finish by itself,
   * then the body's close(). Whatever they throw is logged. A later call does
   * nothing but give the same promise.
   *
   * @returns A promise if one of them gave one.
   */
  close(): Promise<void> | undefined {
    if (this.#closed !== false) return this.#closed;
    this.#closed = undefined;
    const take = this.#take;
    const nextIsPending = take !== undefined;
    if (nextIsPending) {
      this.#take = this.#fail = undefined;
      queueMicrotask(() => take(undefined));
    }
    const wantsReturn = !this.#ended && !Array.isArray(this.#body);
    const returned = wantsReturn
      ? this.#call(() => this.#callReturn())
      : undefined;
    // The return() of an async generator waits for the next() that is pending,
    // which may never settle. close() is called without waiting for it.
    this.#closed = returned === undefined || nextIsPending
      ? this.#call(() => this.#callClose())
      : returned.then(() => this.#call(() => this.#callClose()));
    return this.#closed;
  }

  #callReturn(): unknown {
    // A body that was never begun is opened to be told: it cancels a stream.
    if (this.#iterator === undefined) this.open();
    return this.#iterator?.return?.();
  }

  #callClose(): unknown {
    const body = this.#body as AnyBody | null | undefined;
    const close = body?.close;
    return typeof close === "function" ? close.call(body) : undefined;
  }

  /** Calls, logs what is thrown, and gives a promise only for a promise. */
  #call(action: () => unknown): Promise<void> | undefined {
    try {
      const result = action();
      if (!isThenable(result)) return undefined;
      return Promise.resolve(result).then(
        () => {},
        (error) => this.#log.add(error),
      );
    } catch (error) {
      this.#log.add(error);
      return undefined;
    }
  }
}
