/**
 * {@linkcode HeadParser}: the heads of the requests of one connection.
 *
 * @module
 */

import { MAX_FIELD_LINES, parseFieldLine } from "./field_line.ts";
import type { LineReader } from "./line_reader.ts";
import { RequestError } from "./request_error.ts";
import { FieldCollector, makeHead, type RequestHead } from "./request_head.ts";
import {
  MAX_REQUEST_LINE_SIZE,
  parseRequestLine,
  type RequestLine,
  targetTooLong,
} from "./request_line.ts";
import { WholeHeadParser } from "./whole_head_parser.ts";

/** The end of the last line of a head, and the empty line. */
const EMPTY_LINE = "\r\n\r\n";

/**
 * The maximum size, in bytes, of a head that is compared before it is converted
 * to text. It is the size of the buffer of an idle connection.
 */
const MAX_REPEATED_SIZE = 1_024;

/** The maximum number of empty lines before a request line. */
const MAX_EMPTY_LINES = 2;

/** Parses heads: the request line and the header fields. */
export class HeadParser {
  readonly #reader: LineReader;
  readonly #maxSize: number;
  #emptyLines = 0;
  /** The size of the lines so far, with their CRLF. */
  #size = 0;
  #requestLine: RequestLine | undefined;
  /** The fields of a head that arrives in pieces. */
  #fields: FieldCollector | undefined;
  /** The request line of a head that is not complete. */
  #openLine: RequestLine | undefined;
  readonly #whole: WholeHeadParser;

  /**
   * Creates a parser.
   *
   * @param reader The source of the bytes.
   * @param maxSize The maximum size of a head, in bytes.
   * @param like A parser whose last head this one remembers, too.
   */
  constructor(reader: LineReader, maxSize: number, like?: HeadParser) {
    this.#reader = reader;
    this.#maxSize = maxSize;
    this.#whole = new WholeHeadParser(like && like.#whole);
  }

  /** The request line of a head whose rest is missing or malformed. */
  get requestLine(): RequestLine | undefined {
    return this.#openLine;
  }

  /** Whether a head has begun whose end has not arrived. */
  get hasBegun(): boolean {
    return this.#size > 0;
  }

  /**
   * Parses the bytes that have arrived.
   *
   * RFC 9112 sections 2.2, 3 and 5.
   *
   * @returns The head; `undefined` if its end has not arrived.
   * @throws {RequestError} If it is malformed or over a limit.
   */
  next(): RequestHead | undefined {
    if (this.#requestLine === undefined) {
      const head = this.#parseWhole();
      if (head !== undefined) return this.#finish(head);
      this.#requestLine = this.#readRequestLine();
    }
    const requestLine = this.#requestLine;
    if (requestLine === undefined) return undefined;
    const fields = this.#fields ??= new FieldCollector();
    if (!this.#readFields(fields)) return undefined;
    return this.#finish(makeHead(requestLine, fields));
  }

  /**
   * Parses a head that has arrived in one piece. This is the fast path. A head
   * with an error takes the other path, which throws for the first error.
   */
  #parseWhole(): RequestHead | undefined {
    const reader = this.#reader;
    if (reader.isInLine) return undefined;
    const whole = this.#whole;
    const { last, repeated } = whole;
    if (repeated !== undefined && reader.isExactly(repeated)) {
      reader.skip(repeated.length);
      return last;
    }
    try {
      // In most cases, exactly one head without a body has arrived.
      const text = reader.endsWithEmptyLine ? reader.peek(0, reader.size) : "";
      const similar = text === "" ? undefined : whole.parseSimilar(text);
      const isAlone = similar !== undefined ||
        text.indexOf(EMPTY_LINE) === text.length - 4;
      const size = isAlone ? text.length : reader.findHeadEnd();
      if (size === -1 || this.#size + size > this.#maxSize) return undefined;
      const head = similar ??
        this.#parseHead(isAlone ? text : reader.peek(0, size), isAlone);
      if (head === undefined) return undefined;
      if (head === last && size <= MAX_REPEATED_SIZE) {
        whole.repeated ??= reader.copy(size);
      }
      reader.skip(size);
      return head;
    } catch (error) {
      if (error instanceof RequestError) return undefined;
      throw error;
    }
  }

  #parseHead(text: string, isNew: boolean): RequestHead | undefined {
    const similar = isNew ? undefined : this.#whole.parseSimilar(text);
    return similar ?? this.#whole.parse(text);
  }

  #readRequestLine(): RequestLine | undefined {
    for (;;) {
      const room = this.#room();
      const line = room < MAX_REQUEST_LINE_SIZE
        ? this.#reader.read(room, headTooLarge)
        : this.#reader.read(MAX_REQUEST_LINE_SIZE, targetTooLong);
      if (line === undefined) return undefined;
      this.#size += line.length + 2;
      if (line !== "") return this.#openLine = parseRequestLine(line);
      // RFC 9112 section 2.2: at least one, for the sake of old clients.
      if (++this.#emptyLines > MAX_EMPTY_LINES) {
        throw new RequestError(
          `request line must come after at most ${MAX_EMPTY_LINES} empty lines`,
        );
      }
    }
  }

  /** Returns whether all lines have arrived. */
  #readFields(fields: FieldCollector): boolean {
    for (;;) {
      const line = this.#reader.read(this.#room(), headTooLarge);
      if (line === undefined) return false;
      if (line === "") return true;
      this.#size += line.length + 2;
      if (fields.count === MAX_FIELD_LINES) throw tooManyLines();
      fields.add(parseFieldLine(line));
    }
  }

  /**
   * Returns the maximum size of the next line. Its end and an empty line also
   * need room.
   */
  #room(): number {
    return Math.max(0, this.#maxSize - this.#size - 4);
  }

  #finish(head: RequestHead): RequestHead {
    this.#emptyLines = 0;
    this.#size = 0;
    this.#openLine = undefined;
    if (this.#requestLine !== undefined) {
      this.#requestLine = undefined;
      this.#fields = undefined;
    }
    return head;
  }
}

function headTooLarge(): RequestError {
  return new RequestError("head of the request is too large", 431);
}

function tooManyLines(): RequestError {
  return new RequestError(
    `head must have at most ${MAX_FIELD_LINES} field lines`,
    431,
  );
}
