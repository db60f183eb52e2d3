/**
 * {@linkcode RequestParser}: HTTP/1.1 requests out of bytes, without I/O.
 *
 * @module
 */

import { ChunkedDecoder } from "./chunked_decoder.ts";
import { HeadParser } from "./head_parser.ts";
import { LineReader } from "./line_reader.ts";
import type { RequestHead } from "./request_head.ts";
import type { RequestLine } from "./request_line.ts";

/** How many bytes a head may have, unless the server says otherwise. */
export const MAX_HEADER_SIZE = 16_384;

/** What a {@linkcode RequestParser} finds. */
export type RequestEvent =
  | { readonly type: "head"; readonly head: RequestHead }
  /** A part of the body; a view on received bytes, valid until the next call. */
  | { readonly type: "data"; readonly data: Uint8Array }
  /** The end of the request. */
  | { readonly type: "end" };

const END: RequestEvent = { type: "end" };

/**
 * Parses the requests of one connection: bytes in, at any cut; events out.
 *
 * The caller passes received bytes to {@linkcode RequestParser.receive} and
 * calls {@linkcode RequestParser.next} until it returns nothing. For each
 * request there is one `head`, any number of `data` and one `end`. What follows
 * in the received bytes is the next request; it is not looked at before `next()`
 * is called again.
 *
 * An error ends the connection: after it, `next()` throws the same error again.
 *
 * RFC 9112.
 *
 * @example Usage
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const parser = new RequestParser();
 * const bytes = new TextEncoder().encode(
 *   "PUT /a HTTP/1.1\r\nHost: b\r\nContent-Length: 2\r\n\r\nhi",
 * );
 * parser.receive(bytes, bytes.length);
 *
 * const types: string[] = [];
 * for (let event = parser.next(); event; event = parser.next()) {
 *   types.push(event.type);
 *   if (event.type === "head") assertEquals(event.head.target, "/a");
 * }
 * assertEquals(types, ["head", "data", "end"]);
 * ```
 */
export class RequestParser {
  readonly #maxHeaderSize: number;
  readonly #lines = new LineReader();
  readonly #heads: HeadParser;
  #state: "head" | "body" | "chunks" = "head";
  #chunks: ChunkedDecoder | undefined;
  /** How many bytes of a body of known length are still to come. */
  #missing = 0;
  #error: unknown;

  /**
   * Makes a parser for one connection.
   *
   * @param options `maxHeaderSize` is how many bytes the head of a request may
   * have, and the trailer section of a chunked body; 0 means no limit.
   */
  constructor({ maxHeaderSize = MAX_HEADER_SIZE }: {
    maxHeaderSize?: number | undefined;
  } = {}) {
    this.#maxHeaderSize = maxHeaderSize === 0 ? Infinity : maxHeaderSize;
    this.#heads = new HeadParser(this.#lines, this.#maxHeaderSize);
  }

  /** Whether nothing of a further request has come. */
  get isIdle(): boolean {
    return this.#state === "head" && this.#lines.size === 0 &&
      !this.#heads.hasBegun && this.#error === undefined;
  }

  /**
   * The request line of a head whose rest has not come or is malformed, so that
   * a log can name the request.
   */
  get requestLine(): RequestLine | undefined {
    return this.#heads.requestLine;
  }

  /** How many received bytes wait to be parsed. */
  get size(): number {
    return this.#lines.size;
  }

  /**
   * How many bytes of the body are still to come, where its length is known:
   * 0 before a head, after the end and in a chunked body.
   */
  get missing(): number {
    return this.#missing;
  }

  /**
   * Adds received bytes. They are borrowed: the array must not change until
   * none of them waits any more ({@linkcode RequestParser.size} is 0), or
   * {@linkcode RequestParser.keep} was called. After an error they are dropped.
   *
   * @param bytes An array that holds them at its beginning.
   * @param length How many of its bytes they are.
   */
  receive(bytes: Uint8Array, length: number): void {
    if (this.#error === undefined) this.#lines.receive(bytes, length);
  }

  /** Copies the bytes that wait, so that their array can be used again. */
  keep(): void {
    this.#lines.keep();
  }

  /**
   * Parses what has come.
   *
   * @returns What was found; `undefined` if more bytes are needed.
   * @throws {RequestError} If the request must be refused.
   */
  next(): RequestEvent | undefined {
    if (this.#error !== undefined) throw this.#error;
    try {
      switch (this.#state) {
        case "head":
          return this.#parseHead();
        case "body":
          return this.#takeBody();
        case "chunks":
          return this.#decodeChunks();
      }
    } catch (error) {
      this.#error = error;
      throw error;
    }
  }

  #parseHead(): RequestEvent | undefined {
    if (this.#lines.size === 0) return undefined;
    const head = this.#heads.next();
    if (head === undefined) return undefined;
    const { contentLength = 0, isChunked } = head.fields;
    if (isChunked) {
      this.#chunks = new ChunkedDecoder(this.#lines, this.#maxHeaderSize);
      this.#state = "chunks";
    } else {
      this.#missing = contentLength;
      this.#state = "body";
    }
    return { type: "head", head };
  }

  #takeBody(): RequestEvent | undefined {
    if (this.#missing === 0) return this.#end();
    const data = this.#lines.take(this.#missing);
    if (data === undefined) return undefined;
    this.#missing -= data.length;
    return { type: "data", data };
  }

  #decodeChunks(): RequestEvent | undefined {
    const data = this.#chunks?.next();
    if (data !== undefined) return { type: "data", data };
    return this.#chunks?.isOver === true ? this.#end() : undefined;
  }

  #end(): RequestEvent {
    this.#state = "head";
    this.#chunks = undefined;
    return END;
  }
}
