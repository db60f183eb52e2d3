/**
 * Received bytes, taken line by line or as they are.
 *
 * @module
 */

import { fromBytes } from "../wsgi/byte_string.ts";
import { RequestError } from "./request_error.ts";

const CR = 0x0d;
const LF = 0x0a;
const NOTHING = new Uint8Array(0);

/** What no line may contain: NUL, the other controls but HTAB, and DEL. */
const CONTROL = /[^\t\x20-\x7e\x80-\xff]/;

const ascii = new TextDecoder();

/**
 * Converts bytes to a string with one code unit for each byte.
 *
 * @param bytes The bytes.
 * @returns The ByteString.
 */
export function toByteString(bytes: Uint8Array): string {
  // UTF-8 is decoded natively, and is the same as long as all is ASCII: any
  // other byte makes the text shorter, or stands as U+FFFD.
  const text = ascii.decode(bytes);
  if (text.length === bytes.length && !text.includes("\ufffd")) return text;
  return fromBytes(bytes);
}

/**
 * Hands out received bytes. They are borrowed from the caller of
 * {@linkcode LineReader.receive} until all were taken, or until
 * {@linkcode LineReader.keep} copies what is left.
 */
export class LineReader {
  #bytes: Uint8Array = NOTHING;
  #start = 0;
  #end = 0;

  /** How many bytes can be taken. */
  get size(): number {
    return this.#end - this.#start;
  }

  /**
   * Adds received bytes.
   *
   * @param bytes An array that holds them at its beginning.
   * @param length How many of its bytes they are.
   */
  receive(bytes: Uint8Array, length: number): void {
    if (this.size === 0) {
      this.#bytes = bytes;
      this.#start = 0;
      this.#end = length;
      return;
    }
    const joined = new Uint8Array(this.size + length);
    joined.set(this.#bytes.subarray(this.#start, this.#end));
    joined.set(bytes.subarray(0, length), this.size);
    this.#bytes = joined;
    this.#end = joined.length;
    this.#start = 0;
  }

  /** Copies what is left, so that its array can be used for something else. */
  keep(): void {
    this.#bytes = this.size === 0
      ? NOTHING
      : this.#bytes.slice(this.#start, this.#end);
    this.#end = this.#bytes.length;
    this.#start = 0;
  }

  /**
   * Takes bytes as they are.
   *
   * @param limit The most bytes to take.
   * @returns A view on them; `undefined` if there are none.
   */
  take(limit: number): Uint8Array | undefined {
    if (this.size === 0) return undefined;
    const start = this.#start;
    this.#start = Math.min(this.#end, start + limit);
    return this.#bytes.subarray(start, this.#start);
  }

  /**
   * Reads a line that ends with CRLF.
   *
   * RFC 9112 section 2.2: a bare CR is invalid, and so, strictly, is a bare LF.
   *
   * @param limit The most bytes that the line may have without its CRLF.
   * @param tooLong Makes the error for a longer one.
   * @returns The line without its CRLF, one code unit for each byte;
   * `undefined` if its end has not come.
   * @throws {RequestError} If it is too long, contains a control character or
   * ends with LF alone; also for a line whose end has not come.
   */
  read(limit: number, tooLong: () => RequestError): string | undefined {
    const feed = this.#bytes.indexOf(LF, this.#start);
    const isComplete = feed !== -1 && feed < this.#end;
    const line = this.#text(isComplete ? feed : this.#end);
    const hasReturn = line.endsWith("\r");
    const content = hasReturn ? line.slice(0, -1) : line;
    if (content.length > limit) {
      if (CONTROL.test(content.slice(0, limit))) throw controlError();
      throw tooLong();
    }
    if (CONTROL.test(content)) throw controlError();
    if (!isComplete) return undefined;
    if (!hasReturn) throw new RequestError("lines must end with CRLF");
    this.#start = feed + 1;
    return content;
  }

  /** Returns what has come of a line whose end has not. */
  get partialLine(): string {
    return this.#text(this.#end);
  }

  /**
   * Finds the end of a header section, at the first empty line.
   *
   * @returns How many bytes stand before the CRLF CRLF; -1 if it has not come.
   */
  findHeadEnd(): number {
    const bytes = this.#bytes;
    const last = this.#end - 1;
    let feed = this.#start;
    for (;;) {
      feed = bytes.indexOf(LF, feed);
      if (feed === -1 || feed + 2 > last) return -1;
      if (bytes[feed + 1] === CR && bytes[feed + 2] === LF) {
        return bytes[feed - 1] === CR ? feed - 1 - this.#start : -1;
      }
      feed++;
    }
  }

  /**
   * Returns text from the beginning of what can be taken, which stays there.
   *
   * @param length How many bytes.
   * @returns One code unit for each byte.
   */
  peek(length: number): string {
    return this.#text(this.#start + length);
  }

  /**
   * Drops bytes from the beginning.
   *
   * @param length How many bytes.
   */
  skip(length: number): void {
    this.#start += length;
  }

  #text(end: number): string {
    return toByteString(this.#bytes.subarray(this.#start, end));
  }
}

function controlError(): RequestError {
  return new RequestError(
    "lines must end with CRLF and contain no control characters",
  );
}
