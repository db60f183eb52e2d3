/**
 * Checks size arguments, and joins pieces of chunks.
 *
 * @module
 */

import { describe } from "../../wsgi/describe.ts";

/** Freeing a buffer of fewer bytes costs more than it saves. */
const MIN_FREED = 16_384;

/**
 * Checks a size argument of read(), readline() or readlines().
 *
 * @param size The argument of the application.
 * @param name Its name, for the message.
 * @returns The maximum number of bytes; Infinity for no limit.
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
 * @param pieces The pieces, in order.
 * @param length Their total length in bytes.
 * @returns An array that fills its buffer; a single piece that already does is
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

/**
 * Returns whether an array is a plain Uint8Array that fills its ArrayBuffer.
 */
function ownsBuffer(bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> {
  return bytes.constructor === Uint8Array &&
    bytes.buffer instanceof ArrayBuffer &&
    bytes.length === bytes.buffer.byteLength;
}

/**
 * Frees the memory of a large chunk immediately.
 *
 * @param chunk The chunk. A large one is empty afterwards.
 */
export function freeBuffer({ buffer }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength >= MIN_FREED) {
    buffer.transfer(0);
  }
}
