/**
 * The stream of a fetch `Response` as the body of an application.
 *
 * @module
 */

import { describe, isUint8Array } from "../../wsgi/describe.ts";
import type { ForwardedSignal } from "./forwarded_signal.ts";
import type { ResponseBody } from "../../wsgi/types.ts";

type Read = ReadableStreamReadResult<unknown>;

/**
 * How many turns of the microtask queue a stream gets to show its end. Deno
 * needs five for the text that a `Response` was made of.
 */
const TURNS = 10;

/** What a promise gives if it needs to wait for nothing but promises. */
async function soon(promise: Promise<Read>): Promise<Read | undefined> {
  let result: Read | undefined;
  // The code that awaits the promise itself sees a failure.
  promise.then((value) => void (result = value), () => {});
  for (let turn = 0; turn < TURNS && result === undefined; turn++) await null;
  return result;
}

/**
 * Asks for up to two chunks, to see whether they are all.
 *
 * @param reader The reader of the stream.
 * @returns The whole body, or what was asked for.
 */
async function peek(
  reader: ReadableStreamDefaultReader<unknown>,
): Promise<{ whole: Uint8Array[] } | { reads: Promise<Read>[] }> {
  const reads = [reader.read()];
  const first = await soon(reads[0]!);
  if (first?.done) return { whole: [] };
  if (isUint8Array(first?.value)) {
    const second = reader.read();
    if ((await soon(second))?.done) return { whole: [first.value] };
    reads.push(second);
  }
  return { reads };
}

/**
 * Makes a body of a stream: an array if the end of it is there already, so that
 * the server can send the length.
 *
 * A `Response` does not say what it was made of; text is a stream here like any
 * other.
 *
 * @param stream The stream of the response; unlocked.
 * @param signal The signal of its request, if it is to be told of an early end.
 * @returns The body.
 */
export async function toBody(
  stream: ReadableStream<unknown>,
  signal?: ForwardedSignal,
): Promise<ResponseBody> {
  const reader = stream.getReader();
  const seen = await peek(reader);
  return "whole" in seen
    ? seen.whole
    : new StreamBody(reader, seen.reads, signal);
}

/**
 * Cancels a stream that nobody is to get: the answer to HEAD.
 *
 * @param stream The stream of the response; unlocked.
 * @returns Its length in bytes, if the end of it was there already.
 */
export async function discard(
  stream: ReadableStream<unknown>,
): Promise<number | undefined> {
  const reader = stream.getReader();
  const seen = await peek(reader);
  if ("whole" in seen) return seen.whole[0]?.byteLength ?? 0;
  await reader.cancel();
  return undefined;
}

/**
 * A body that reads a stream: one chunk when one is asked for.
 *
 * It has a reader of its own, because the iterator of a stream lets `return()`
 * wait for a `next()` that may stay pending.
 */
class StreamBody implements AsyncIterableIterator<Uint8Array, void> {
  readonly #reader: ReadableStreamDefaultReader<unknown>;
  readonly #reads: Promise<Read>[];
  readonly #signal: ForwardedSignal | undefined;
  #isOver = false;

  /**
   * @param reader The reader of the stream.
   * @param reads What was asked of it already.
   * @param signal The signal of the request.
   */
  constructor(
    reader: ReadableStreamDefaultReader<unknown>,
    reads: Promise<Read>[],
    signal: ForwardedSignal | undefined,
  ) {
    this.#reader = reader;
    this.#reads = reads;
    this.#signal = signal;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Reads the next chunk that is not empty. */
  async next(): Promise<IteratorResult<Uint8Array, void>> {
    for (;;) {
      let result: Read;
      try {
        result = await (this.#reads.shift() ?? this.#reader.read());
      } catch (error) {
        this.#isOver = true;
        throw error;
      }
      if (result.done) {
        this.#isOver = true;
        return { done: true, value: undefined };
      }
      // A stream that a handler made may hold anything.
      const { value } = result;
      if (!isUint8Array(value)) {
        throw new TypeError(
          `Cannot send the body: the stream of a Response must give Uint8Array chunks, got ${
            describe(value)
          }`,
        );
      }
      if (value.byteLength > 0) return { done: false, value };
    }
  }

  /** Cancels what is left of the stream. */
  async return(): Promise<IteratorResult<Uint8Array, void>> {
    await this.close();
    return { done: true, value: undefined };
  }

  /** Cancels what is left of the stream. A later call does nothing. */
  async close(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#signal?.bodyClosed();
    // The reason is undefined unless the signal is aborted.
    await this.#reader.cancel(this.#signal?.signal.reason);
  }
}
