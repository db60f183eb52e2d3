/**
 * Turns the stream of a fetch `Response` into the body of an application.
 *
 * @module
 */

import { describe, isUint8Array } from "../../wsgi/describe.ts";
import type { ForwardedSignal } from "./forwarded_signal.ts";
import type { ResponseBody } from "../../wsgi/types.ts";

type Read = ReadableStreamReadResult<unknown>;

/**
 * How many turns of the microtask queue a stream gets to report its end. Deno
 * needs five for a `Response` that was created from text.
 */
const TURNS = 10;

/** Returns the result of a promise if it only waits for microtasks. */
async function soon(promise: Promise<Read>): Promise<Read | undefined> {
  let result: Read | undefined;
  // The code that awaits the promise handles a rejection.
  promise.then((value) => void (result = value), () => {});
  for (let turn = 0; turn < TURNS && result === undefined; turn++) await null;
  return result;
}

/**
 * Requests up to two chunks to find out whether the body is complete.
 *
 * @param reader The reader of the stream.
 * @returns The whole body, or the pending reads.
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
 * Turns a stream into a body: an array if the stream is already complete, so
 * that the server can send the length.
 *
 * A `Response` does not expose its source, so text is a stream like any other.
 *
 * @param stream The stream of the response; unlocked.
 * @param signal The signal of its request, if it should abort at an early end.
 * @returns The body for the application to return.
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
 * Cancels a stream that is not sent because the method is HEAD.
 *
 * @param stream The stream of the response; unlocked.
 * @returns Its length in bytes, if it was already complete.
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
 * A body that reads one chunk from a stream for each call of `next()`.
 *
 * It uses a reader, because `return()` of a stream's iterator waits for a
 * pending `next()`, which may never settle.
 */
class StreamBody implements AsyncIterableIterator<Uint8Array, void> {
  readonly #reader: ReadableStreamDefaultReader<unknown>;
  readonly #reads: Promise<Read>[];
  readonly #signal: ForwardedSignal | undefined;
  #isOver = false;

  /**
   * @param reader The reader of the stream.
   * @param reads The reads that have been requested already.
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

  /** Reads the next non-empty chunk. */
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
      // The stream of a handler may contain values of any type.
      const { value } = result;
      if (!isUint8Array(value)) {
        throw new TypeError(
          `Cannot send the body: the stream of a Response must contain Uint8Array chunks, got ${
            describe(value)
          }`,
        );
      }
      if (value.byteLength > 0) return { done: false, value };
    }
  }

  /** Cancels the rest of the stream. */
  async return(): Promise<IteratorResult<Uint8Array, void>> {
    await this.close();
    return { done: true, value: undefined };
  }

  /** Cancels the rest of the stream. Later calls have no effect. */
  async close(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#signal?.bodyClosed();
    // The reason is undefined unless the signal is aborted.
    await this.#reader.cancel(this.#signal?.signal.reason);
  }
}
