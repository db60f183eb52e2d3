/**
 * {@linkcode WholeHeadParser}: the fast path for heads that arrive in one
 * piece.
 *
 * @module
 */

import type { KnownBytes } from "./known_bytes.ts";
import { MAX_FIELD_LINES, parseFieldLine } from "./field_line.ts";
import { CONTROL, FieldTemplate } from "./field_template.ts";
import { FieldCollector, makeHead, type RequestHead } from "./request_head.ts";
import { MAX_REQUEST_LINE_SIZE, parseRequestLine } from "./request_line.ts";

/** The maximum size, in bytes, of a head that an idle connection remembers. */
const MAX_REMEMBERED_SIZE = 4_096;

/** A head that was parsed. */
interface Remembered {
  readonly head: RequestHead;
  readonly text: string;
  /** Its field lines in one piece, with the empty line. */
  readonly block: string;
  readonly template: FieldTemplate | undefined;
  /** Its bytes, once it has arrived twice. */
  bytes: KnownBytes | undefined;
}

/**
 * Parses heads that arrive in one piece. It remembers the last one, because most
 * clients repeat nearly all of it.
 */
export class WholeHeadParser {
  #last: Remembered | undefined;
  /** The last head that one of several parsers has not known before. */
  readonly #shared: { last: Remembered | undefined };

  /**
   * Creates a parser.
   *
   * @param like A parser whose last head this one remembers, too. They share the
   * strings of new heads, which are faster to compare and need less memory.
   */
  constructor(like: WholeHeadParser | undefined) {
    this.#last = like && like.#last;
    this.#shared = like === undefined ? { last: undefined } : like.#shared;
  }

  /** The last head, if it was small enough to be remembered. */
  get last(): RequestHead | undefined {
    return this.#last?.head;
  }

  /** The bytes of the last head, if they are known. */
  get repeated(): KnownBytes | undefined {
    return this.#last?.bytes;
  }

  set repeated(bytes: KnownBytes | undefined) {
    if (this.#last !== undefined) this.#last.bytes = bytes;
  }

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
    const last = this.#last;
    if (last === undefined) return undefined;
    const { head, template } = last;
    if (text === last.text) return head;
    const lineEnd = text.indexOf("\r\n");
    if (lineEnd > MAX_REQUEST_LINE_SIZE) return undefined;
    const block = text.slice(lineEnd + 2);
    const isSame = block === last.block;
    const fields = isSame ? head.fields : template?.match(text, lineEnd + 2);
    if (fields === undefined) return undefined;
    const requestLine = parseRequestLine(text.slice(0, lineEnd));
    const { method, target, version } = requestLine;
    if (version !== head.version) return undefined;
    const next = { method, target, version, fields };
    if (!isSame) this.#remember(next, text, block, template);
    return next;
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
    const { last: shared } = this.#shared;
    if (shared !== undefined && shared.text === text) {
      this.#last = shared;
      return shared.head;
    }
    const lineEnd = text.indexOf("\r\n");
    if (lineEnd > MAX_REQUEST_LINE_SIZE) return undefined;
    const requestLine = parseRequestLine(text.slice(0, lineEnd));
    const blockStart = lineEnd + 2;
    const fields = new FieldCollector();
    for (let start = blockStart; start < text.length - 2;) {
      const end = text.indexOf("\r\n", start);
      const line = text.slice(start, end);
      if (CONTROL.test(line) || fields.count === MAX_FIELD_LINES) {
        return undefined;
      }
      fields.add(parseFieldLine(line));
      start = end + 2;
    }
    const head = makeHead(requestLine, fields);
    if (text.length <= MAX_REMEMBERED_SIZE) {
      const block = text.slice(blockStart);
      const last = this.#last;
      const template = last === undefined
        ? undefined
        : FieldTemplate.of(last.head.fields, head.fields, block, last.template);
      this.#remember(head, text, block, template);
      this.#shared.last = this.#last;
    }
    return head;
  }

  #remember(
    head: RequestHead,
    text: string,
    block: string,
    template: FieldTemplate | undefined,
  ): void {
    if (text.length > MAX_REMEMBERED_SIZE) return;
    this.#last = { head, text, block, template, bytes: undefined };
  }
}
