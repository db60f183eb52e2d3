/**
 * {@linkcode HeadParser}: the heads of the requests of one connection.
 *
 * @module
 */

import {
  type FieldLine,
  MAX_FIELD_LINES,
  parseFieldLine,
} from "./field_line.ts";
import type { LineReader } from "./line_reader.ts";
import { RequestError } from "./request_error.ts";
import { FieldCollector, type RequestHead } from "./request_head.ts";
import {
  MAX_REQUEST_LINE_SIZE,
  parseRequestLine,
  type RequestLine,
  targetTooLong,
} from "./request_line.ts";

/** How many empty lines may stand before a request line. */
const MAX_EMPTY_LINES = 2;

/** The largest head that is remembered, in bytes. An idle connection holds it. */
const MAX_REMEMBERED_SIZE = 4_096;

/** What no line may contain: NUL, the other controls but HTAB, and DEL. */
const CONTROL = /[^\t\x20-\x7e\x80-\xff]/;

/** The last head of a connection: clients repeat most of it. */
interface RememberedHead {
  readonly text: string;
  /** The field lines in one piece, with the empty line. */
  readonly block: string;
  readonly lines: readonly RememberedLine[];
  readonly head: RequestHead;
  /** Which lines differ from head to head; `undefined` until some have. */
  readonly varying: VaryingLines | undefined;
}

/** The lines that differ from head to head, and what stands around them. */
interface VaryingLines {
  /** The index of the first one, and that of the one after the last. */
  readonly first: number;
  readonly end: number;
  /** The lines before them in one piece. */
  readonly before: string;
  /** The lines after them in one piece, with the empty line. */
  readonly after: string;
}

interface RememberedLine {
  /** The line with its CRLF. */
  readonly text: string;
  /** What it says. */
  readonly parsed: FieldLine;
}

/** Parses heads: the request line and the header fields. */
export class HeadParser {
  readonly #reader: LineReader;
  readonly #maxSize: number;
  #emptyLines = 0;
  /** The size of the lines so far, with their CRLF. */
  #size = 0;
  #requestLine: RequestLine | undefined;
  #fields = new FieldCollector();
  /** The request line of a head that is not complete. */
  #openLine: RequestLine | undefined;
  #last: RememberedHead | undefined;

  /**
   * Makes a parser.
   *
   * @param reader Where the bytes come from.
   * @param maxSize How many bytes a head may have.
   */
  constructor(reader: LineReader, maxSize: number) {
    this.#reader = reader;
    this.#maxSize = maxSize;
  }

  /** The request line of a head whose rest has not come, or is malformed. */
  get requestLine(): RequestLine | undefined {
    return this.#openLine;
  }

  /** Whether lines of a head were read whose end has not come. */
  get hasBegun(): boolean {
    return this.#size > 0;
  }

  /**
   * Parses what has come.
   *
   * RFC 9112 sections 2.2, 3 and 5.
   *
   * @returns The head; `undefined` if its end has not come.
   * @throws {RequestError} If it is malformed or over a limit.
   */
  next(): RequestHead | undefined {
    if (this.#requestLine === undefined) {
      const head = this.#parseWhole();
      if (head !== undefined) return this.#finish(head);
      this.#requestLine = this.#readRequestLine();
    }
    const requestLine = this.#requestLine;
    if (requestLine === undefined || !this.#readFields()) return undefined;
    return this.#finish(makeHead(requestLine, this.#fields));
  }

  /**
   * The fast lane: a head that has come in one piece. One with a fault goes
   * through the other lane, which throws for the fault that comes first.
   */
  #parseWhole(): RequestHead | undefined {
    const reader = this.#reader;
    // Mostly the head of a request without a body has come, and nothing else.
    if (!reader.isInLine && reader.size === this.#last?.text.length) {
      if (reader.peek(0, reader.size) === this.#last.text) {
        reader.skip(reader.size);
        return this.#last.head;
      }
    }
    const size = reader.isInLine ? -1 : reader.findHeadEnd();
    if (size === -1 || this.#size + size > this.#maxSize) return undefined;
    const text = reader.peek(0, size);
    try {
      const head = text === this.#last?.text
        ? this.#last.head
        : this.#parseText(text);
      if (head !== undefined) reader.skip(size);
      return head;
    } catch (error) {
      if (error instanceof RequestError) return undefined;
      throw error;
    }
  }

  #parseText(text: string): RequestHead | undefined {
    const lineEnd = text.indexOf("\r\n");
    if (lineEnd > MAX_REQUEST_LINE_SIZE) return undefined;
    const requestLine = parseRequestLine(text.slice(0, lineEnd));
    const last = this.#last;
    const blockStart = lineEnd + 2;
    if (
      last !== undefined && last.head.version === requestLine.version &&
      text.slice(blockStart) === last.block
    ) {
      const { method, target, version } = requestLine;
      return { method, target, version, fields: last.head.fields };
    }
    return this.#parseSimilar(text, blockStart, requestLine) ??
      this.#parseBlock(text, blockStart, requestLine);
  }

  /** A head that differs from the last one where that one differed, too. */
  #parseSimilar(
    text: string,
    blockStart: number,
    requestLine: RequestLine,
  ): RequestHead | undefined {
    const last = this.#last;
    const varying = last?.varying;
    if (last === undefined || varying === undefined) return undefined;
    const { version, fields } = last.head;
    const { before, after } = varying;
    let start = blockStart + before.length;
    const end = text.length - after.length;
    if (
      version !== requestLine.version || start > end ||
      text.slice(blockStart, start) !== before || text.slice(end) !== after
    ) return undefined;
    const lines = [...last.lines];
    const headers = [...fields.headers];
    for (let i = varying.first; i < varying.end; i++) {
      const model = lines[i] as RememberedLine;
      const line = this.#parseLine(text, start, model);
      // Fields that this layer understands need a closer look.
      if (
        line?.parsed.name !== model.parsed.name ||
        (line !== model && line.parsed.field !== undefined)
      ) return undefined;
      lines[i] = line;
      headers[2 * i + 1] = line.parsed.value;
      start += line.text.length;
    }
    if (start !== end) return undefined;
    const { method, target } = requestLine;
    const head = { method, target, version, fields: { ...fields, headers } };
    const block = text.slice(blockStart);
    this.#last = { text, block, lines, head, varying };
    return head;
  }

  #parseBlock(
    text: string,
    blockStart: number,
    requestLine: RequestLine,
  ): RequestHead | undefined {
    const last = this.#last;
    const lines: RememberedLine[] = [];
    const starts: number[] = [];
    const fields = new FieldCollector();
    const end = text.length - 2;
    for (let start = blockStart; start < end;) {
      const model = last?.lines[lines.length];
      const line = this.#parseLine(text, start, model);
      if (line === undefined || lines.length === MAX_FIELD_LINES) {
        return undefined;
      }
      fields.add(line.parsed);
      lines.push(line);
      starts.push(start);
      start += line.text.length;
    }
    const head = makeHead(requestLine, fields);
    if (text.length <= MAX_REMEMBERED_SIZE) {
      const block = text.slice(blockStart);
      const varying = last && compare(last, lines, text, [...starts, end]);
      this.#last = { text, block, lines, head, varying };
    }
    return head;
  }

  /**
   * Parses the line at an index of a text.
   *
   * @returns The line, the model itself if that is the same; `undefined` if it
   * contains a control character.
   */
  #parseLine(
    text: string,
    start: number,
    model: RememberedLine | undefined,
  ): RememberedLine | undefined {
    // Faster than startsWith().
    if (
      model !== undefined &&
      text.slice(start, start + model.text.length) === model.text
    ) return model;
    const next = text.indexOf("\r\n", start) + 2;
    // A slice would keep the whole text in memory as long as the line.
    const own = this.#last === undefined
      ? text.slice(start, next)
      : this.#reader.peek(start, next);
    const content = own.slice(0, -2);
    if (CONTROL.test(content)) return undefined;
    return { text: own, parsed: parseFieldLine(content, model?.parsed) };
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

  /** Returns whether all have come. */
  #readFields(): boolean {
    for (;;) {
      const line = this.#reader.read(this.#room(), headTooLarge);
      if (line === undefined) return false;
      if (line === "") return true;
      this.#size += line.length + 2;
      if (this.#fields.count === MAX_FIELD_LINES) throw tooManyLines();
      this.#fields.add(parseFieldLine(line));
    }
  }

  /** How long the next line may be: its end and an empty line need room too. */
  #room(): number {
    return Math.max(0, this.#maxSize - this.#size - 4);
  }

  #finish(head: RequestHead): RequestHead {
    this.#emptyLines = 0;
    this.#size = 0;
    this.#openLine = undefined;
    if (this.#requestLine !== undefined) {
      this.#requestLine = undefined;
      this.#fields = new FieldCollector();
    }
    return head;
  }
}

function makeHead(
  { method, target, version }: RequestLine,
  fields: FieldCollector,
): RequestHead {
  return { method, target, version, fields: fields.finish(version) };
}

/** Finds the lines that differ from those of the last head, or did before. */
function compare(
  last: RememberedHead,
  lines: readonly RememberedLine[],
  text: string,
  starts: readonly number[],
): VaryingLines | undefined {
  if (lines.length !== last.lines.length) return undefined;
  const isOther = (line: RememberedLine, i: number) => line !== last.lines[i];
  let first = lines.findIndex(isOther);
  if (first === -1) return undefined;
  let end = lines.findLastIndex(isOther) + 1;
  if (last.varying !== undefined) {
    first = Math.min(first, last.varying.first);
    end = Math.max(end, last.varying.end);
  }
  return {
    first,
    end,
    before: text.slice(starts[0], starts[first]),
    after: text.slice(starts[end]),
  };
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
