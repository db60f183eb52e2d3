/**
 * The `wsgi.input` of the gateways of this package.
 *
 * @module
 */

import { freeBuffer, join, toLimit } from "./pieces.ts";
import { type BodyLimits, type OpenBody, RequestBody } from "./request_body.ts";
import type { SomeInput } from "../../wsgi/read_some.ts";
import type { InputStream } from "../../wsgi/types.ts";

const LINE_FEED = 0x0a;

/**
 * The `wsgi.input` of the servers of this package. It reads from a stream of
 * bytes.
 *
 * Every array that it returns is the only view of its buffer. An application
 * may change it, transfer it to a worker, or use its `.buffer` without
 * affecting other reads. Small reads therefore copy. A chunk that fills its
 * buffer and satisfies a read is returned without a copy, because a stream owns
 * its chunks.
 *
 * Rejections are marked as handled: if an application fails before it awaits a
 * read, the process must not end when the client leaves.
 *
 * PEP 3333, "Input and Error Streams".
 */
export class RequestInput implements InputStream, SomeInput {
  #open: OpenBody;
  #limits: BodyLimits;
  /**
   * Created by the first call that needs it, because most requests have no
   * body.
   */
  #body: RequestBody | undefined;
  /** Resolves when the last call so far is over. */
  #turn: Promise<void> | undefined;

  /**
   * Creates an input. The stream is not opened before the first read.
   *
   * @param open Returns the stream of the body, or `null` for an empty body. It
   * is called at most once. If it throws, the reads reject with the same error.
   * @param limits The announced and the maximum length of the body.
   */
  constructor(open: OpenBody, limits: BodyLimits = {}) {
    this.#open = open;
    this.#limits = limits;
  }

  /**
   * Reads `size` bytes, or fewer at the end of the input.
   *
   * @param size The number of bytes, an integer. By default, or if it is
   * negative, the rest of the input is read. 0 reads nothing and always
   * succeeds.
   * @returns A new array; empty at the end of the input.
   * @throws {RequestBodyError} If the body was cut short or is too large.
   * @throws {TypeError} If the size is not a number.
   * @throws {RangeError} If the size is not an integer.
   */
  read(size?: number): Promise<Uint8Array<ArrayBuffer>> {
    return this.#enqueue(() => this.#take(size, false));
  }

  /**
   * Reads one line with its `\n`.
   *
   * @param size The maximum number of bytes, an integer. By default, or if it
   * is negative, the whole line is read. 0 reads nothing and always succeeds.
   * @returns A new array; empty at the end of the input.
   * @throws {RequestBodyError} If the body was cut short or is too large.
   * @throws {TypeError} If the size is not a number.
   * @throws {RangeError} If the size is not an integer.
   */
  readline(size?: number): Promise<Uint8Array<ArrayBuffer>> {
    return this.#enqueue(() => this.#take(size, true));
  }

  /**
   * Reads the remaining lines.
   *
   * @param hint An integer. Reading stops after the line that brings the total
   * to this number of bytes. By default, or if it is 0 or negative, all lines
   * are read.
   * @returns The lines, each with its `\n`.
   * @throws {RequestBodyError} If the body was cut short or is too large.
   * @throws {TypeError} If the hint is not a number.
   * @throws {RangeError} If the hint is not an integer.
   */
  readlines(hint?: number): Promise<Uint8Array<ArrayBuffer>[]> {
    return this.#enqueue(() => this.#takeLines(hint));
  }

  /**
   * Iterates over the remaining lines.
   *
   * Leaving the loop early does not end the input: the rest can still be read.
   *
   * @returns An iterator over the lines, each with its `\n`.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<
    Uint8Array<ArrayBuffer>,
    undefined,
    unknown
  > {
    return new LineIterator(this);
  }

  /**
   * Reads the bytes that have arrived. Not for applications.
   *
   * @param size The maximum number of bytes.
   * @returns A new array; empty at the end of the input.
   */
  "wsgiref.readSome"(size: number): Promise<Uint8Array<ArrayBuffer>> {
    return this.#enqueue(async () => {
      const body = this.#use();
      if (!body.isEmpty || await body.fill()) {
        // Not more than the source has provided, so that it never waits.
        return await this.#take(Math.min(size, body.available), false);
      }
      return new Uint8Array();
    });
  }

  /**
   * Ends the input because the client has left or the time is up. Called by
   * servers. Not for applications.
   *
   * Pending and later reads reject with a `RequestBodyError` with status 400,
   * and the source is cancelled. Has no effect if the input was read to its end
   * or has failed.
   *
   * @param reason The `cause` of the rejections.
   */
  abort(reason?: unknown): void {
    this.#use().abort(reason);
  }

  /**
   * Releases the source because the request is over. Not for applications.
   *
   * Deno keeps a body open, and blocks its connection, until its end has been
   * read, even if Content-Length says where it is. A source that was never
   * opened is not opened.
   */
  release(): void {
    this.#body?.release();
  }

  #use(): RequestBody {
    return this.#body ??= new RequestBody(this.#open, this.#limits);
  }

  /** Runs calls one after the other; the first runs immediately. */
  #enqueue<T>(call: () => Promise<T>): Promise<T> {
    const result = this.#turn === undefined ? call() : this.#turn.then(call);
    // The second function also marks a rejection as handled.
    this.#turn = result.then(ignore, ignore);
    return result;
  }

  /** Reads up to `size` bytes, or up to a line feed. */
  async #take(
    size: number | undefined,
    line: boolean,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const limit = toLimit(size, "size");
    const body = this.#use();
    const pieces: Uint8Array[] = [];
    let length = 0;
    while (length < limit && (!body.isEmpty || await body.fill())) {
      const piece = body.take(limit - length, line);
      pieces.push(piece);
      length += piece.length;
      if (line && piece.at(-1) === LINE_FEED) break;
    }
    const bytes = join(pieces, length);
    if (this.#limits.ownsChunks === true) {
      // The rest of the last chunk is kept for the next read.
      if (body.isEmpty) body.forget();
      else pieces.pop();
      for (const piece of pieces) if (piece !== bytes) freeBuffer(piece);
    }
    return bytes;
  }

  async #takeLines(
    hint: number | undefined,
  ): Promise<Uint8Array<ArrayBuffer>[]> {
    const limit = toLimit(hint, "hint") || Infinity;
    const lines: Uint8Array<ArrayBuffer>[] = [];
    let total = 0;
    while (total < limit) {
      const line = await this.#take(undefined, true);
      if (line.length === 0) break;
      lines.push(line);
      total += line.length;
    }
    return lines;
  }
}

/**
 * Iterates over the lines of an input. Its `return()` leaves the input open.
 */
class LineIterator implements
  AsyncIterableIterator<
    Uint8Array<ArrayBuffer>,
    undefined,
    unknown
  > {
  #input: InputStream;
  #returned = false;

  constructor(input: InputStream) {
    this.#input = input;
  }

  // Not an async generator, which would delay a second next() until the first
  // is complete, so that a read() called in between would overtake it.
  next(): Promise<IteratorResult<Uint8Array<ArrayBuffer>, undefined>> {
    if (this.#returned) return this.return();
    const result = this.#input.readline().then(toResult);
    result.catch(ignore);
    return result;
  }

  return(): Promise<IteratorResult<Uint8Array<ArrayBuffer>, undefined>> {
    this.#returned = true;
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

function toResult(
  line: Uint8Array<ArrayBuffer>,
): IteratorResult<Uint8Array<ArrayBuffer>, undefined> {
  return line.length === 0
    ? { done: true, value: undefined }
    : { done: false, value: line };
}

function ignore(): void {}
