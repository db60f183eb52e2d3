/**
 * The sizes that an application asks for, and the pieces of chunks that it gets.
 *
 * @module
 */

import { describe } from "../../wsgi/describe.ts";

/** Below this many bytes, freeing a buffer costs more than it gives. */
const MIN_FREED = 16_384;

/**
 * Reads a size argument of read(), readline() or readlines().
 *
 * @param size The argument.
 * @param name Its name, for the message.
 * @returns The most bytes to read; Infinity stands for everything.
 * @throws {TypeError} If it is not a number.
 * @throws {RangeError} If it is not an integer.
 */
export function toLimit(size: number | null | undefined, name: string): number {
  if (size === undefined || size === null) return Infinity;
  if (typeof size === "number") {
    if (size < 0) return Infinity;
    if (Number.isInteger(size)) return size;
  }
  const ErrorClass = typeof size === "number" ? RangeError : TypeError;
  throw new ErrorClass(
    `Cannot read the request body: ${name} must be an integer, got ${
      describe(size)
    }`,
  );
}

/**
 * Joins pieces of chunks.
 *
 * @param pieces The pieces.
 * @param length Their length in bytes.
 * @returns An array that owns all of its buffer; a single piece that does so is
 * not copied.
 */
export function join(
  pieces: Uint8Array[],
  length: number,
): Uint8Array<ArrayBuffer> {
  const [first] = pieces;
  if (first?.length === length && ownsBuffer(first)) return first;
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const piece of pieces) {
    bytes.set(piece, offset);
    offset += piece.length;
  }
  return bytes;
}

/** Returns whether an array is a plain one over all of an ArrayBuffer. */
function ownsBuffer(bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> {
  return bytes.constructor === Uint8Array &&
    bytes.buffer instanceof ArrayBuffer &&
    bytes.length === bytes.buffer.byteLength;
}

/**
 * Gives the memory of a large chunk back at once.
 *
 * @param chunk The chunk, which is empty afterwards if it was large.
 */
export function freeBuffer({ buffer }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength >= MIN_FREED) {
    buffer.transfer(0);
  }
}
