/**
 * {@linkcode RequestParser}: parses HTTP/1.1 requests, without I/O.
 *
 * @module
 */

import { ChunkedDecoder } from "./chunked_decoder.ts";
import { HeadParser } from "./head_parser.ts";
import { LineReader } from "./line_reader.ts";
import type { RequestHead } from "./request_head.ts";
import type { RequestLine } from "./request_line.ts";

/** The default for the maximum size of a head, in bytes. */
export const MAX_HEADER_SIZE = 16_384;

/** An event of a {@linkcode RequestParser}. */
export type RequestEvent =
  | { readonly type: "head"; readonly head: RequestHead }
  /**
   * A part of the body: a view of received bytes, valid until the next call.
   */
  | { readonly type: "data"; readonly data: Uint8Array }
  /** The end of the request. */
  | { readonly type: "end" };

const END: RequestEvent = { type: "end" };

/**
 * Parses the requests of one connection: takes bytes, cut anywhere, and returns
 * events.
 *
 * The caller passes received bytes to {@linkcode RequestParser.receive} and
 * calls {@linkcode RequestParser.next} until it returns nothing. For each
 * request there is one `head`, any number of `data` and one `end`. Further
 * bytes belong to the next request and are not parsed before `next()` is called
 * again.
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
  /** The number of missing bytes of a body of known length. */
  #missing = 0;
  #error: unknown;

  /**
   * Creates a parser for one connection.
   *
   * @param options `maxHeaderSize` is the maximum size, in bytes, of the head
   * of a request and of the trailer section of a chunked body; 0 means no
   * limit. `like` is the parser of another connection with the same limit: the
   * two share equal heads, which are then parsed faster.
   */
  constructor({ maxHeaderSize = MAX_HEADER_SIZE, like }: {
    maxHeaderSize?: number | undefined;
    like?: RequestParser | undefined;
  } = {}) {
    const limit = this.#maxHeaderSize = maxHeaderSize || Infinity;
    this.#heads = new HeadParser(this.#lines, limit, like && like.#heads);
  }

  /** Whether no byte of a further request has arrived. */
  get isIdle(): boolean {
    return this.#state === "head" && this.#lines.size === 0 &&
      !this.#heads.hasBegun && this.#error === undefined;
  }

  /**
   * The request line of a head whose rest is missing or malformed, so that a
   * log can name the request.
   */
  get requestLine(): RequestLine | undefined {
    return this.#heads.requestLine;
  }

  /** The number of received bytes that are not parsed yet. */
  get size(): number {
    return this.#lines.size;
  }

  /**
   * The number of missing bytes of the body, if its length is known; 0 before a
   * head, after the end and in a chunked body.
   */
  get missing(): number {
    return this.#missing;
  }

  /**
   * Adds received bytes. They are borrowed: the array must not change until all
   * of them have been parsed ({@linkcode RequestParser.size} is 0) or {@linkcode
   * RequestParser.keep} has been called. After an error, they are dropped.
   *
   * @param bytes An array that begins with them.
   * @param length The number of received bytes.
   */
  receive(bytes: Uint8Array, length: number): void {
    if (this.#error === undefined) this.#lines.receive(bytes, length);
  }

  /**
   * Copies the bytes that are not parsed yet, so that the caller can reuse
   * their array.
   */
  keep(): void {
    this.#lines.keep();
  }

  /**
   * Parses the bytes that have arrived.
   *
   * @returns The next event; `undefined` if more bytes are needed.
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
