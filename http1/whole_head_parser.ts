/**
 * {@linkcode WholeHeadParser}: the fast path for heads that arrive in one
 * piece.
 *
 * @module
 */

import {
  type FieldLine,
  MAX_FIELD_LINES,
  parseFieldLine,
} from "./field_line.ts";
import { FieldCollector, makeHead, type RequestHead } from "./request_head.ts";
import {
  MAX_REQUEST_LINE_SIZE,
  parseRequestLine,
  type RequestLine,
} from "./request_line.ts";

/** The largest head that is remembered, in bytes. An idle connection holds it. */
const MAX_REMEMBERED_SIZE = 4_096;

/**
 * The characters that no line may contain: NUL, other controls but HTAB, and
 * DEL.
 */
const CONTROL = /[^\t\x20-\x7e\x80-\xff]/;

/** The last head of a connection: clients repeat most of it. */
interface RememberedHead {
  readonly text: string;
  /** The field lines in one piece, with the empty line. */
  readonly block: string;
  readonly lines: readonly RememberedLine[];
  readonly head: RequestHead;
  /**
   * The lines that differ from head to head; `undefined` before the first
   * difference.
   */
  readonly varying: VaryingLines | undefined;
}

/** The lines that differ from head to head, and the text around them. */
interface VaryingLines {
  /** The index of the first one, and the index after the last one. */
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
  /** The parsed line. */
  readonly parsed: FieldLine;
}

/**
 * Parses heads that arrive in one piece, and remembers the last one, because a
 * client repeats most of it. A line that has not changed is not checked again.
 */
export class WholeHeadParser {
  #last: RememberedHead | undefined;

  /**
   * Parses a head.
   *
   * @param text The head with its empty line, one code unit for each byte.
   * @returns The head; `undefined` if it has an error in its line ends or
   * characters.
   * @throws {RequestError} If it has another error, which may not be the first.
   */
  parse(text: string): RequestHead | undefined {
    return text === this.#last?.text ? this.#last.head : this.#parseText(text);
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

  /**
   * Parses a head that differs from the last one in the same lines as before.
   */
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
      // Fields that this layer interprets need more checks.
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
    this.#remember(text, blockStart, { lines, head, varying });
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
    const varying = last && compare(last, lines, text, [...starts, end]);
    this.#remember(text, blockStart, { lines, head, varying });
    return head;
  }

  #remember(
    text: string,
    blockStart: number,
    parts: Omit<RememberedHead, "text" | "block">,
  ): void {
    if (text.length > MAX_REMEMBERED_SIZE) return;
    this.#last = { ...parts, text, block: text.slice(blockStart) };
  }

  /**
   * Parses the line at an index of a text.
   *
   * @returns The line, or the model itself if it is the same; `undefined` if it
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
    const content = text.slice(start, next - 2);
    if (CONTROL.test(content)) return undefined;
    const own = this.#last === undefined ? content : detach(content);
    const parsed = parseFieldLine(own, model?.parsed);
    return { text: `${own}\r\n`, parsed };
  }
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

/**
 * Copies a slice of a text. A slice would keep the whole text in memory, and
 * each line of a connection could keep another text.
 */
function detach(slice: string): string {
  return ` ${slice}`.slice(1);
}
