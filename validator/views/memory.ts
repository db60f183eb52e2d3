/**
 * The memory of chunks.
 *
 * Typed arrays are views of a buffer that can be detached, resized or shared.
 * Everything is read through the built-in getters, because a subclass may have
 * its own.
 *
 * @module
 */

/** The kind of memory that a chunk is a view of. */
export type Memory =
  | "fixed"
  | "resizable"
  | "shared"
  | "detached"
  | "outOfBounds";

const TypedArray: { prototype: object } = Object.getPrototypeOf(Uint8Array);

function getterOf(prototype: object, key: string): () => unknown {
  return Object.getOwnPropertyDescriptor(prototype, key)?.get ??
    (() => undefined);
}

const byteLengthOf = getterOf(TypedArray.prototype, "byteLength") as (
  this: Uint8Array,
) => number;
const bufferOf = getterOf(TypedArray.prototype, "buffer") as (
  this: Uint8Array,
) => ArrayBufferLike;
const byteOffsetOf = getterOf(TypedArray.prototype, "byteOffset") as (
  this: Uint8Array,
) => number;
const isResizable = getterOf(ArrayBuffer.prototype, "resizable") as (
  this: ArrayBufferLike,
) => boolean | undefined;
const { at } = Uint8Array.prototype;

/**
 * Returns the length of a chunk.
 *
 * @param chunk The chunk.
 * @returns Its length in bytes; 0 if its buffer is detached.
 */
export function lengthOf(chunk: Uint8Array): number {
  return byteLengthOf.call(chunk);
}

/**
 * Returns the length of the buffer of a chunk, in bytes.
 *
 * @param chunk The chunk.
 */
export function bufferLengthOf(chunk: Uint8Array): number {
  return bufferOf.call(chunk).byteLength;
}

/**
 * Returns whether two chunks begin at the same byte of the same buffer.
 *
 * @param one A chunk.
 * @param other Another chunk.
 */
export function beginTogether(one: Uint8Array, other: Uint8Array): boolean {
  return bufferOf.call(one) === bufferOf.call(other) &&
    byteOffsetOf.call(one) === byteOffsetOf.call(other);
}

/**
 * Returns a number that depends on a few bytes of a chunk, to notice most
 * changes cheaply.
 *
 * @param chunk The chunk.
 * @param length Its length, not 0.
 */
export function markOf(chunk: Uint8Array, length: number): number {
  return chunk[0]! | chunk[length >> 1]! << 8 | chunk[length - 1]! << 16;
}

/**
 * Returns whether a chunk has lost its bytes: its buffer was transferred or has
 * shrunk. Its length is then 0.
 *
 * @param chunk The chunk.
 */
export function isGone(chunk: Uint8Array): boolean {
  try {
    // It throws for such an array, and for no other.
    at.call(chunk, 0);
    return false;
  } catch {
    return true;
  }
}

/**
 * Returns the kind of memory that a chunk is a view of.
 *
 * @param chunk The chunk.
 * @param length Its length.
 */
export function memoryOf(chunk: Uint8Array, length: number): Memory {
  const buffer = bufferOf.call(chunk);
  let resizable: boolean | undefined;
  try {
    resizable = isResizable.call(buffer);
  } catch {
    // The getter throws for a SharedArrayBuffer.
    return "shared";
  }
  if (length === 0 && isGone(chunk)) {
    return resizable ? "outOfBounds" : "detached";
  }
  return resizable ? "resizable" : "fixed";
}
