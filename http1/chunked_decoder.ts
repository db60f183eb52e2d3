/**
 * Decodes the chunked transfer coding.
 *
 * @module
 */

import { MAX_FIELD_LINES, parseFieldLine } from "./field_line.ts";
import type { LineReader } from "./line_reader.ts";
import { RequestError } from "./request_error.ts";

/** The maximum total size of the chunk extensions of one body, in bytes. */
export const MAX_EXTENSION_SIZE = 4_096;

/** The maximum number of digits of a chunk size: 14, and leading zeros. */
const MAX_SIZE_DIGITS = 64;

const SIZE = /^([0-9A-Fa-f]+)(.*)$/;

/**
 * RFC 9112 section 7.1.1, with the bad whitespace that it requires recipients
 * to accept, except next to the size, where proxies have disagreed.
 */
const EXTENSIONS = makeExtensions();

function makeExtensions(): RegExp {
  const token = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";
  const quoted = '"(?:[\\t !#-[\\]-~\\x80-\\xff]|\\\\[\\t -~\\x80-\\xff])*"';
  const value = `[\\t ]*=[\\t ]*(?:${token}|${quoted})`;
  const extension = `;[\\t ]*${token}(?:${value})?`;
  return new RegExp(`^${extension}(?:[\\t ]*${extension})*$`);
}

/** Decodes a chunked body that arrives in pieces of any size. */
export class ChunkedDecoder {
  readonly #maxTrailerSize: number;
  readonly #lines: LineReader;
  #state: "size" | "data" | "data-end" | "trailer" | "end" = "size";
  /** The number of bytes of the chunk that have not arrived. */
  #missing = 0;
  #extensionSize = 0;
  #trailerSize = 0;
  #trailers = 0;

  /**
   * Creates a decoder.
   *
   * @param lines The source of the bytes.
   * @param maxTrailerSize The maximum size of the trailer section, in bytes.
   */
  constructor(lines: LineReader, maxTrailerSize: number) {
    this.#lines = lines;
    this.#maxTrailerSize = maxTrailerSize;
  }

  /** Whether the body has ended. */
  get isOver(): boolean {
    return this.#state === "end";
  }

  /**
   * Decodes the bytes that have arrived.
   *
   * RFC 9112 section 7.1.
   *
   * @returns The next bytes of the body, a view on the received bytes;
   * `undefined` if more are needed, or if the body has ended.
   * @throws {RequestError} If the coding is malformed or over a limit.
   */
  next(): Uint8Array | undefined {
    for (;;) {
      switch (this.#state) {
        case "size": {
          const line = this.#lines.read(
            MAX_SIZE_DIGITS + MAX_EXTENSION_SIZE - this.#extensionSize,
            extensionsTooLong,
          );
          if (line === undefined) return undefined;
          this.#beginChunk(line);
          break;
        }
        case "data": {
          const data = this.#lines.take(this.#missing);
          if (data === undefined) return undefined;
          this.#missing -= data.length;
          if (this.#missing === 0) this.#state = "data-end";
          return data;
        }
        case "data-end": {
          const line = this.#lines.read(0, chunkTooLong);
          if (line === undefined) return undefined;
          this.#state = "size";
          break;
        }
        case "trailer": {
          // As in a head, the line end and the empty line need room too.
          const line = this.#lines.read(
            Math.max(0, this.#maxTrailerSize - this.#trailerSize - 4),
            trailersTooLong,
          );
          if (line === undefined) return undefined;
          if (line === "") this.#state = "end";
          else this.#checkTrailer(line);
          break;
        }
        case "end":
          return undefined;
      }
    }
  }

  #beginChunk(line: string): void {
    const [, digits = "", extension = ""] = SIZE.exec(line) ?? [];
    const size = Number.parseInt(digits, 16);
    if (!Number.isSafeInteger(size) || digits.length > MAX_SIZE_DIGITS) {
      throw new RequestError(
        "chunk size must be hexadecimal digits, and below 2^53",
      );
    }
    if (extension !== "") {
      this.#extensionSize += extension.length;
      if (this.#extensionSize > MAX_EXTENSION_SIZE) throw extensionsTooLong();
      if (!EXTENSIONS.test(extension)) {
        throw new RequestError("chunk extension is malformed");
      }
    }
    this.#missing = size;
    this.#state = size === 0 ? "trailer" : "data";
  }

  /** RFC 9110 section 6.5: trailers may be dropped. They must be valid. */
  #checkTrailer(line: string): void {
    this.#trailerSize += line.length + 2;
    if (++this.#trailers > MAX_FIELD_LINES) throw trailersTooLong();
    parseFieldLine(line);
  }
}

function extensionsTooLong(): RequestError {
  return new RequestError(
    `chunk extensions must be at most ${MAX_EXTENSION_SIZE} bytes long`,
  );
}

function chunkTooLong(): RequestError {
  return new RequestError("chunk must end with CRLF after its data");
}

function trailersTooLong(): RequestError {
  return new RequestError("trailer section is too long", 431);
}
