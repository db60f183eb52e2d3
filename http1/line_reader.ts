/**
 * Received bytes, taken line by line or as they are.
 *
 * @module
 */

import { fromBytes } from "../wsgi/byte_string.ts";
import { RequestError } from "./request_error.ts";

const HTAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SP = 0x20;
const DEL = 0x7f;
/** The first byte of a TLS handshake. */
const TLS_HANDSHAKE = 0x16;
const NOTHING = new Uint8Array(0);

/**
 * Hands out received bytes. They are borrowed from the caller of
 * {@linkcode LineReader.receive} until all were taken, or until
 * {@linkcode LineReader.keep} copies what is left.
 */
export class LineReader {
  #bytes: Uint8Array = NOTHING;
  #start = 0;
  #end = 0;
  /** Whether the array is a copy, which has room at its end for more. */
  #isOwn = false;
  /** How many bytes of a line that is not complete were checked already. */
  #checked = 0;

  /** How many bytes can be taken. */
  get size(): number {
    return this.#end - this.#start;
  }

  /** Whether a part of a line was read whose end had not come. */
  get isInLine(): boolean {
    return this.#checked > 0;
  }

  /**
   * Adds received bytes.
   *
   * @param bytes An array that holds them at its beginning.
   * @param length How many of its bytes they are.
   */
  receive(bytes: Uint8Array, length: number): void {
    if (this.size === 0) {
      this.#use(bytes, length, false);
      return;
    }
    if (!this.#isOwn || this.#bytes.length - this.#end < length) {
      this.#copy(2 * (this.size + length));
    }
    this.#bytes.set(bytes.subarray(0, length), this.#end);
    this.#end += length;
  }

  /** Copies what is left, so that its array can be used for something else. */
  keep(): void {
    if (this.size === 0) this.#use(NOTHING, 0, false);
    else if (!this.#isOwn) this.#copy(this.size);
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
   * The fault that stands first in the line is the one that is thrown, also
   * when the line comes in pieces: each byte is looked at once.
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

  /** Whether what can be taken ends with an empty line. */
  get endsWithEmptyLine(): boolean {
    const bytes = this.#bytes;
    const end = this.#end;
    return end - this.#start >= 4 && bytes[end - 1] === LF &&
      bytes[end - 2] === CR && bytes[end - 3] === LF && bytes[end - 4] === CR;
  }

  /**
   * Finds the end of a header section: the first empty line.
   *
   * @returns How many bytes it has with the empty line; -1 if that has not come.
   */
  findHeadEnd(): number {
    const bytes = this.#bytes;
    const end = this.#end;
    // CR LF CR LF is four bytes long: three can be skipped after any byte that
    // is not one of them.
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
   * Returns text that can be taken, without taking it.
   *
   * @param from Where it begins, in bytes.
   * @param to Where it ends.
   * @returns One code unit for each byte.
   */
  peek(from: number, to: number): string {
    return this.#text(this.#start + from, this.#start + to);
  }

  /**
   * Drops bytes from the beginning, in front of a line.
   *
   * @param length How many bytes.
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

  /** Room grows by doubling: a client may send its bytes one by one. */
  #copy(room: number): void {
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
