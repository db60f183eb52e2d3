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
 * The `wsgi.input` of the servers of this package, over a stream of bytes.
 *
 * Every array that it returns is the only one over its buffer, so it may be
 * changed, transferred to a worker, or used through `.buffer` without touching
 * what others read. Small reads therefore copy; a chunk that is all of its
 * buffer and all of the answer is handed over as it is, because code that gives
 * a chunk to a stream gives it away.
 *
 * A rejection counts as handled: an application that fails before it awaits
 * what it began to read must not end the process when the client leaves.
 *
 * PEP 3333, "Input and Error Streams".
 */
export class RequestInput implements InputStream, SomeInput {
  #open: OpenBody;
  #limits: BodyLimits;
  /** Made by the first call that needs it: most requests have no body. */
  #body: RequestBody | undefined;
  /** Resolves when the last call so far is over. */
  #turn: Promise<void> | undefined;

  /**
   * Makes an input. Nothing is opened before the first read.
   *
   * @param open Returns the stream of the body, `null` for an empty one. It is
   * called once at most. What it throws is what the reads reject with.
   * @param limits Where the body ends.
   */
  constructor(open: OpenBody, limits: BodyLimits = {}) {
    this.#open = open;
    this.#limits = limits;
  }

  /**
   * Reads `size` bytes, fewer only at the end of the input.
   *
   * @param size Bytes to read, an integer. Without it, or with a negative
   * number, everything that is left. 0 reads nothing and always succeeds.
   * @returns A new array; empty at the end of the input.
   * @throws {RequestBodyError} If the body was cut short or is over the limit.
   * @throws {TypeError} If the size is not a number.
   * @throws {RangeError} If the size is not an integer.
   */
  read(size?: number): Promise<Uint8Array<ArrayBuffer>> {
    return this.#enqueue(() => this.#take(size, false));
  }

  /**
   * Reads one line with its `\n`.
   *
   * @param size The most bytes to return, an integer. Without it, or with a
   * negative number, the whole line. 0 reads nothing and always succeeds.
   * @returns A new array; empty at the end of the input.
   * @throws {RequestBodyError} If the body was cut short or is over the limit.
   * @throws {TypeError} If the size is not a number.
   * @throws {RangeError} If the size is not an integer.
   */
  readline(size?: number): Promise<Uint8Array<ArrayBuffer>> {
    return this.#enqueue(() => this.#take(size, true));
  }

  /**
   * Reads the lines that are left.
   *
   * @param hint Stop after the line that brings the total to this many bytes,
   * an integer. Without it, or with 0 or a negative number, read all lines.
   * @returns The lines, each with its `\n`.
   * @throws {RequestBodyError} If the body was cut short or is over the limit.
   * @throws {TypeError} If the hint is not a number.
   * @throws {RangeError} If the hint is not an integer.
   */
  readlines(hint?: number): Promise<Uint8Array<ArrayBuffer>[]> {
    return this.#enqueue(() => this.#takeLines(hint));
  }

  /**
   * Iterates over the lines that are left.
   *
   * Leaving the loop early does not end the input: what comes next can still be
   * read.
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
   * Reads what has come. Not for applications.
   *
   * @param size The most bytes to return.
   * @returns A new array; empty at the end of the input.
   */
  "wsgiref.readSome"(size: number): Promise<Uint8Array<ArrayBuffer>> {
    return this.#enqueue(async () => {
      const body = this.#use();
      if (!body.isEmpty || await body.fill()) {
        // No more than the source gave at once, so that nothing is waited for.
        return await this.#take(Math.min(size, body.available), false);
      }
      return new Uint8Array();
    });
  }

  /**
   * Ends the input from the side of the server, because the client has left or
   * the time is up. Not for applications.
   *
   * Pending and later reads reject with a `RequestBodyError` of status 400, and
   * the source is cancelled. An input that was read to its end, or has failed
   * before, stays as it is.
   *
   * @param reason The `cause` of the rejections.
   */
  abort(reason?: unknown): void {
    this.#use().abort(reason);
  }

  /**
   * Lets go of the source because the request is over. Not for applications.
   *
   * Deno keeps a body open, and holds its connection up, as long as nobody has
   * seen its end, also when Content-Length has said where that is. A source
   * that was never opened stays so.
   */
  release(): void {
    this.#body?.release();
  }

  #use(): RequestBody {
    return this.#body ??= new RequestBody(this.#open, this.#limits);
  }

  /** Runs one call after another; the first runs at once. */
  #enqueue<T>(call: () => Promise<T>): Promise<T> {
    const result = this.#turn === undefined ? call() : this.#turn.then(call);
    // The second function also makes a rejection a handled one.
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
      // What is left of the last chunk is for the next read.
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

/** Returns the lines of an input, and leaves the input open when it is left. */
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

  // Not an async generator: that would hold a second next() back until the
  // first is over, and a read() made in between would overtake it.
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
