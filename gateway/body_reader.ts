/**
 * Reads a response body one chunk at a time, and closes it exactly once.
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

/** Receives errors that do not affect the response. */
export interface ErrorLog {
  /** Adds the thrown value. */
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
  /**
   * Whether the iterator has finished by itself, so that return() is not due.
   */
  #ended = false;
  #closed: Promise<void> | undefined | false = false;

  /**
   * @param body The value that the application returned.
   * @param log Receives errors of `return()` and `close()`.
   */
  constructor(body: unknown, log: ErrorLog) {
    this.#body = body;
    this.#log = log;
  }

  /** Whether next() returns promises. Known once the body has been opened. */
  get isAsync(): boolean {
    return this.#async;
  }

  /** Whether close() was called. */
  get isClosed(): boolean {
    return this.#closed !== false;
  }

  /**
   * Gets the body's iterator; the async one if there are both.
   *
   * @param body The object to iterate instead of the body.
   * @throws {TypeError} If it is not iterable.
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
        `Cannot send the body: next() must return an object, got ${
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
   * @throws Any error of the body.
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
        "Cannot send the body: next() of a sync iterator must not return a promise",
      );
    }
    return this.#read(result);
  }

  /**
   * Asks an async body for its next chunk.
   *
   * @returns The chunk, or `undefined` at the end or if the body was closed in
   * the meantime. The promise rejects with an error of the body, and with a
   * `TypeError` if the chunk is not a `Uint8Array`.
   */
  nextAsync(): Promise<Uint8Array | undefined> {
    return new Promise((resolve, reject) => this.ask(resolve, reject));
  }

  /**
   * Asks an async body for its next chunk, like nextAsync(), but without an
   * additional promise. One of the two functions is called, after this method
   * has returned.
   *
   * @param take Called with the chunk, or with `undefined` at the end.
   * @param fail Called with the error of the body.
   */
  ask(
    take: (chunk: Uint8Array | undefined) => void,
    fail: (error: unknown) => void,
  ): void {
    this.#take = take;
    this.#fail = fail;
    // Created once for all chunks.
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
   * Stops reading: calls the iterator's return() if it has not finished by
   * itself, then the body's close(). Their errors are logged. Later calls only
   * return the same promise.
   *
   * @returns A promise if one of them returned one.
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
    // A body that was never iterated is opened for this: return() cancels a
    // stream.
    if (this.#iterator === undefined) this.open();
    return this.#iterator?.return?.();
  }

  #callClose(): unknown {
    const body = this.#body as AnyBody | null | undefined;
    const close = body?.close;
    return typeof close === "function" ? close.call(body) : undefined;
  }

  /** Calls a function, logs its error, and returns a promise only if it did. */
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
