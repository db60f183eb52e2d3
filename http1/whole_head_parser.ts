/**
 * {@linkcode WholeHeadParser}: the fast path for heads that arrive in one
 * piece.
 *
 * @module
 */

import { MAX_FIELD_LINES, parseFieldLine } from "./field_line.ts";
import { CONTROL, FieldTemplate, type HeaderLine } from "./field_template.ts";
import { FieldCollector, makeHead, type RequestHead } from "./request_head.ts";
import {
  MAX_REQUEST_LINE_SIZE,
  parseRequestLine,
  type RequestLine,
} from "./request_line.ts";

/** The maximum size, in bytes, of a head that an idle connection remembers. */
const MAX_REMEMBERED_SIZE = 4_096;

/**
 * Parses heads that arrive in one piece. It remembers the last one, because most
 * clients repeat nearly all of it.
 */
export class WholeHeadParser {
  /** The last head of the connection, and its text. */
  #head: RequestHead | undefined;
  #text = "";
  /** Its field lines in one piece, with the empty line. */
  #block = "";
  /** The field lines of the last head that differed from the template. */
  #lines: readonly HeaderLine[] = [];
  #template: FieldTemplate | undefined;

  /**
   * Parses a head that repeats the last one, except for its request line and the
   * values that have differed before. Nothing else is checked again.
   *
   * @param text Text that ends with an empty line, one code unit for each byte.
   * @returns The head; `undefined` if the text is anything else, such as several
   * heads.
   * @throws {RequestError} If the request line has an error.
   */
  parseSimilar(text: string): RequestHead | undefined {
    const last = this.#head;
    if (last === undefined || text === this.#text) return last;
    const lineEnd = text.indexOf("\r\n");
    if (lineEnd > MAX_REQUEST_LINE_SIZE) return undefined;
    const block = text.slice(lineEnd + 2);
    const isSame = block === this.#block;
    const fields = isSame
      ? last.fields
      : this.#template?.match(text, lineEnd + 2);
    if (fields === undefined) return undefined;
    const requestLine = parseRequestLine(text.slice(0, lineEnd));
    const { method, target, version } = requestLine;
    if (version !== last.version) return undefined;
    const head = { method, target, version, fields };
    if (!isSame) this.#remember(text, block, head);
    return head;
  }

  /**
   * Parses a head.
   *
   * @param text The head with its empty line, one code unit for each byte.
   * @returns The head; `undefined` if it has an error in its line ends or
   * characters.
   * @throws {RequestError} If it has another error, which may not be the first.
   */
  parse(text: string): RequestHead | undefined {
    const lineEnd = text.indexOf("\r\n");
    if (lineEnd > MAX_REQUEST_LINE_SIZE) return undefined;
    const requestLine = parseRequestLine(text.slice(0, lineEnd));
    return this.#parseBlock(text, lineEnd + 2, requestLine);
  }

  #parseBlock(
    text: string,
    blockStart: number,
    requestLine: RequestLine,
  ): RequestHead | undefined {
    const known = this.#lines;
    const lines: HeaderLine[] = [];
    const fields = new FieldCollector();
    const end = text.length - 2;
    for (let start = blockStart; start < end;) {
      const line = this.#parseLine(text, start, known[lines.length]);
      if (line === undefined || lines.length === MAX_FIELD_LINES) {
        return undefined;
      }
      fields.add(line.parsed);
      lines.push(line);
      start += line.text.length;
    }
    const head = makeHead(requestLine, fields);
    if (text.length <= MAX_REMEMBERED_SIZE) {
      const template = this.#template;
      this.#template = FieldTemplate.of(known, lines, head.fields, template);
      this.#lines = lines;
      this.#remember(text, text.slice(blockStart), head);
    }
    return head;
  }

  #remember(text: string, block: string, head: RequestHead): void {
    if (text.length > MAX_REMEMBERED_SIZE) return;
    this.#text = text;
    this.#block = block;
    this.#head = head;
  }

  /**
   * Parses the line at an index of a text.
   *
   * @returns The line, or the known one if it is the same; `undefined` if it
   * contains a control character.
   */
  #parseLine(
    text: string,
    start: number,
    known: HeaderLine | undefined,
  ): HeaderLine | undefined {
    // Faster than startsWith().
    if (
      known !== undefined &&
      text.slice(start, start + known.text.length) === known.text
    ) return known;
    const next = text.indexOf("\r\n", start) + 2;
    const content = text.slice(start, next - 2);
    if (CONTROL.test(content)) return undefined;
    const own = detach(content);
    const parsed = parseFieldLine(own, known?.parsed);
    return { text: `${own}\r\n`, parsed };
  }
}

/**
 * Copies a slice of a text. A slice would keep the whole text in memory, and
 * each line of a connection could keep another text.
 */
function detach(slice: string): string {
  return ` ${slice}`.slice(1);
}
