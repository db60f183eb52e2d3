/**
 * {@linkcode RequestParser}: HTTP/1.1 requests out of bytes, without I/O.
 *
 * @module
 */

import { ChunkedDecoder } from "./chunked_decoder.ts";
import { LineReader } from "./line_reader.ts";
import { RequestError } from "./request_error.ts";
import {
  FieldCollector,
  type RequestFields,
  type RequestHead,
} from "./request_head.ts";
import {
  checkPartialRequestLine,
  parseRequestLine,
  type RequestLine,
} from "./request_line.ts";

/** How many field lines a head may have. */
export const MAX_FIELD_LINES = 200;

/** How many bytes a head may have, unless the server says otherwise. */
export const MAX_HEADER_SIZE = 16_384;

/** How many empty lines may stand before a request line. */
const MAX_EMPTY_LINES = 2;

const CONTROL_IN_HEAD =
  /[^\t\r\n\x20-\x7e\x80-\xff]|\r(?!\n)|(?:^|[^\r])\n|^\r\n/;

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
 * ```ts ignore
 * const parser = new RequestParser();
 * const bytes = new TextEncoder().encode("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
 * parser.receive(bytes, bytes.length);
 * parser.next(); // { type: "head", head: { method: "GET", … } }
 * parser.next(); // { type: "end" }
 * ```
 */
export class RequestParser {
  readonly #maxHeaderSize: number;
  readonly #lines = new LineReader();
  #state: "line" | "fields" | "body" | "chunks" = "line";
  #emptyLines = 0;
  /** The bytes of the head so far, in complete lines. */
  #headSize = 0;
  #line: RequestLine | undefined;
  #collector: FieldCollector | undefined;
  #chunks: ChunkedDecoder | undefined;
  /** How many bytes of a body of known length are still to come. */
  #missing = 0;
  #error: unknown;
  /** The last header block in one piece, and what was found in it. */
  #lastBlock: string | undefined;
  #lastFields: RequestFields | undefined;
  #lastVersion: string | undefined;

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
  }

  /** Whether nothing of a further request has come. */
  get isIdle(): boolean {
    return this.#state === "line" && this.#lines.size === 0 &&
      this.#emptyLines === 0 && this.#error === undefined;
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
   * `next()` has returned nothing, or {@linkcode RequestParser.keep} was called.
   *
   * @param bytes An array that holds them at its beginning.
   * @param length How many of its bytes they are.
   */
  receive(bytes: Uint8Array, length: number): void {
    this.#lines.receive(bytes, length);
  }

  /** Copies the bytes that wait, so that their array can be used again. */
  keep(): void {
    this.#lines.keep();
  }

  /**
   * Counts bytes of a body of known length that did not pass through here.
   *
   * @param length How many bytes: at most {@linkcode RequestParser.missing},
   * and only while no received bytes wait.
   */
  skipBody(length: number): void {
    this.#missing -= length;
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
        case "line":
        case "fields":
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
    if (this.#state === "line") {
      const head = this.#parseWholeHead();
      if (head !== undefined) return this.#begin(head);
      const line = this.#readRequestLine();
      if (line === undefined) return undefined;
      this.#line = line;
      this.#collector = new FieldCollector();
      this.#state = "fields";
    }
    const fields = this.#readFields();
    const line = this.#line;
    if (fields === undefined || line === undefined) return undefined;
    return this.#begin({ ...line, fields });
  }

  /**
   * The fast lane: a head that has come in one piece and has no fault in its
   * line ends, characters and size. Anything else goes line by line, which
   * finds the fault that comes first.
   */
  #parseWholeHead(): RequestHead | undefined {
    const lines = this.#lines;
    const size = lines.findHeadEnd();
    if (size === -1 || size + 4 > this.#maxHeaderSize) return undefined;
    const text = lines.peek(size + 2);
    if (CONTROL_IN_HEAD.test(text)) return undefined;
    const lineEnd = text.indexOf("\r\n");
    const line = parseRequestLine(text.slice(0, lineEnd));
    const block = text.slice(lineEnd + 2);
    if (block === this.#lastBlock && line.version === this.#lastVersion) {
      lines.skip(size + 4);
      return withFields(line, this.#lastFields as RequestFields);
    }
    const collector = new FieldCollector();
    let start = 0;
    while (start < block.length) {
      if (collector.count === MAX_FIELD_LINES) throw tooManyFields();
      const end = block.indexOf("\r\n", start);
      collector.add(block.slice(start, end));
      start = end + 2;
    }
    const fields = collector.finish(line);
    lines.skip(size + 4);
    this.#lastBlock = block;
    this.#lastFields = fields;
    this.#lastVersion = line.version;
    return withFields(line, fields);
  }

  #readRequestLine(): RequestLine | undefined {
    for (;;) {
      const text = this.#lines.read(this.#headRoom(), () => {
        checkPartialRequestLine(this.#lines.partialLine);
        return headTooLarge();
      });
      if (text === undefined) {
        checkPartialRequestLine(this.#lines.partialLine);
        return undefined;
      }
      this.#headSize += text.length + 2;
      if (text !== "") return parseRequestLine(text);
      // RFC 9112 section 2.2: at least one, for the sake of old clients.
      if (++this.#emptyLines > MAX_EMPTY_LINES) {
        throw new RequestError(
          `request line must come after at most ${MAX_EMPTY_LINES} empty lines`,
        );
      }
    }
  }

  #readFields(): RequestFields | undefined {
    const collector = this.#collector;
    const requestLine = this.#line;
    if (collector === undefined || requestLine === undefined) return undefined;
    for (;;) {
      const text = this.#lines.read(this.#headRoom(), headTooLarge);
      if (text === undefined) return undefined;
      this.#headSize += text.length + 2;
      if (text === "") return collector.finish(requestLine);
      if (collector.count === MAX_FIELD_LINES) throw tooManyFields();
      collector.add(text);
    }
  }

  /** How long the next line may be; the empty line at the end needs room too. */
  #headRoom(): number {
    return Math.max(0, this.#maxHeaderSize - this.#headSize - 2);
  }

  #begin(head: RequestHead): RequestEvent {
    const { contentLength = 0, isChunked } = head.fields;
    this.#line = undefined;
    this.#collector = undefined;
    this.#emptyLines = 0;
    this.#headSize = 0;
    this.#missing = contentLength;
    this.#chunks = isChunked
      ? new ChunkedDecoder(this.#lines, this.#maxHeaderSize)
      : undefined;
    this.#state = isChunked ? "chunks" : "body";
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
    this.#state = "line";
    this.#chunks = undefined;
    return END;
  }
}

function withFields(
  { method, target, version }: RequestLine,
  fields: RequestFields,
): RequestHead {
  return { method, target, version, fields };
}

function headTooLarge(): RequestError {
  return new RequestError("head of the request is too large", 431);
}

function tooManyFields(): RequestError {
  return new RequestError(
    `head must have at most ${MAX_FIELD_LINES} field lines`,
    431,
  );
}
