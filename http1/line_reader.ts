/**
 * Reads received bytes line by line, or as they are.
 *
 * @module
 */

import { fromBytes } from "../wsgi/byte_string.ts";
import { KnownBytes, wordsOf } from "./known_bytes.ts";
import { RequestError } from "./request_error.ts";

const HTAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SP = 0x20;
const DEL = 0x7f;
/** The first byte of a TLS handshake. */
const TLS_HANDSHAKE = 0x16;
const NOTHING = new Uint8Array(0);
const NO_WORDS = new Int32Array(0);

/** The maximum size, in bytes, of an array whose words are kept. */
const MAX_KEPT = 4_096;

/**
 * Returns received bytes. They are borrowed from the caller of {@linkcode
 * LineReader.receive} until all are taken, or until {@linkcode LineReader.keep}
 * copies the rest.
 */
export class LineReader {
  #bytes: Uint8Array = NOTHING;
  #start = 0;
  #end = 0;
  /** Whether the array is a copy, with room for more bytes at its end. */
  #isOwn = false;
  /** The number of bytes of an incomplete line that are already checked. */
  #checked = 0;
  /** The array that was compared last. A connection reads into the same one. */
  #compared: Uint8Array | undefined;
  /** The memory of this array, and the index of its first word. */
  #words: Int32Array = NO_WORDS;
  #firstWord = 0;

  /** The number of bytes that can be taken. */
  get size(): number {
    return this.#end - this.#start;
  }

  /** Whether a line has begun whose end has not arrived. */
  get isInLine(): boolean {
    return this.#checked > 0;
  }

  /**
   * Adds received bytes.
   *
   * @param bytes An array that begins with them.
   * @param length The number of received bytes.
   */
  receive(bytes: Uint8Array, length: number): void {
    if (this.size === 0) {
      this.#use(bytes, length, false);
      return;
    }
    if (!this.#isOwn || this.#bytes.length - this.#end < length) {
      this.#own(2 * (this.size + length));
    }
    this.#bytes.set(bytes.subarray(0, length), this.#end);
    this.#end += length;
  }

  /** Copies the remaining bytes, so that the caller can reuse its array. */
  keep(): void {
    if (this.size === 0) this.#use(NOTHING, 0, false);
    else if (!this.#isOwn) this.#own(this.size);
  }

  /**
   * Takes bytes without parsing them.
   *
   * @param limit The maximum number of bytes.
   * @returns A view of the bytes; `undefined` if there are none.
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
   * The first error in the line is the one that is thrown, even if the line
   * arrives in pieces. Each byte is checked once.
   *
   * RFC 9112 section 2.2: a bare CR is invalid, and so, strictly, is a bare LF.
   *
   * @param limit The maximum size of the line without its CRLF, in bytes.
   * @param tooLong Creates the error for a longer line.
   * @returns The line without its CRLF, one code unit for each byte;
   * `undefined` if its end has not arrived.
   * @throws {RequestError} If it is too long, contains a control character or
   * ends with LF alone; also for a line whose end has not arrived.
   */
  read(limit: number, tooLong: () => RequestError): string | undefined {
    const bytes = this.#bytes;
    const end = this.#end;
    const full = this.#start + limit;
    let at = this.#start + this.#checked;
    for (; at < end; at++) {
      const byte = bytes[at] as number;
      if (byte === CR) {
        if (at + 1 === end) break;
        if (bytes[at + 1] !== LF) throw invalidLine();
        const line = this.#text(this.#start, at);
        this.#start = at + 2;
        this.#checked = 0;
        return line;
      }
      if (at >= full) throw tooLong();
      if ((byte < SP && byte !== HTAB) || byte === DEL) {
        if (byte === TLS_HANDSHAKE && at === this.#start) throw speaksTls();
        throw invalidLine();
      }
    }
    this.#checked = at - this.#start;
    return undefined;
  }

  /**
   * Tests whether the bytes that can be taken are the given ones.
   *
   * @param known The bytes to compare.
   * @returns Whether they are equal; `false`, too, if the array that was received
   * does not begin with them.
   */
  isExactly(known: KnownBytes): boolean {
    if (this.#end !== known.length || this.#start !== 0) return false;
    const bytes = this.#bytes;
    if (bytes !== this.#compared && !this.#prepare(bytes)) return false;
    return known.begins(bytes, this.#words, this.#firstWord);
  }

  /** Returns whether an array can be compared. */
  #prepare(bytes: Uint8Array): boolean {
    const { byteOffset, length } = bytes;
    // It is kept, so it must not be a large buffer that others use, too.
    if (byteOffset % 4 !== 0 || length > MAX_KEPT || this.#isOwn) return false;
    this.#compared = bytes;
    this.#words = wordsOf(bytes);
    this.#firstWord = byteOffset / 4;
    return true;
  }

  /**
   * Copies bytes without taking them.
   *
   * @param length The number of bytes.
   * @returns The bytes, prepared for {@linkcode LineReader.isExactly}.
   */
  copy(length: number): KnownBytes {
    return new KnownBytes(
      this.#bytes.subarray(this.#start, this.#start + length),
    );
  }

  /** Whether the bytes that can be taken end with an empty line. */
  get endsWithEmptyLine(): boolean {
    const bytes = this.#bytes;
    const end = this.#end;
    return end - this.#start >= 4 && bytes[end - 1] === LF &&
      bytes[end - 2] === CR && bytes[end - 3] === LF && bytes[end - 4] === CR;
  }

  /**
   * Finds the end of a header section: the first empty line.
   *
   * @returns Its size in bytes, including the empty line; -1 if the empty line
   * has not arrived.
   */
  findHeadEnd(): number {
    const bytes = this.#bytes;
    const end = this.#end;
    // The sequence CR LF CR LF has four bytes. After any byte that is neither CR
    // nor LF, three more can be skipped.
    let at = this.#start + 3;
    while (at < end) {
      const byte = bytes[at];
      if (byte === LF) {
        if (
          bytes[at - 1] === CR && bytes[at - 2] === LF && bytes[at - 3] === CR
        ) return at + 1 - this.#start;
        at += 2;
      } else {
        at += byte === CR ? 1 : 4;
      }
    }
    return -1;
  }

  /**
   * Converts bytes to text without taking them.
   *
   * @param from The index of its first byte.
   * @param to The index after its last byte.
   * @returns One code unit for each byte.
   */
  peek(from: number, to: number): string {
    return this.#text(this.#start + from, this.#start + to);
  }

  /**
   * Drops bytes before a line.
   *
   * @param length The number of bytes.
   */
  skip(length: number): void {
    this.#start += length;
  }

  #use(bytes: Uint8Array, length: number, isOwn: boolean): void {
    this.#bytes = bytes;
    this.#start = 0;
    this.#end = length;
    this.#isOwn = isOwn;
  }

  /**
   * Copies the bytes into an array with more room. It grows by doubling, because
   * a client may send its bytes one by one.
   */
  #own(room: number): void {
    const { size } = this;
    const own = new Uint8Array(room);
    own.set(this.#bytes.subarray(this.#start, this.#end));
    this.#use(own, size, true);
  }

  #text(start: number, end: number): string {
    return fromBytes(this.#bytes.subarray(start, end));
  }
}

function speaksTls(): RequestError {
  return new RequestError("the client speaks TLS, this port speaks plain HTTP");
}

function invalidLine(): RequestError {
  return new RequestError(
    "lines must end with CRLF and contain no control characters",
  );
}
