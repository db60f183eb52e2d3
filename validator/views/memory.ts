/**
 * Where the bytes of a chunk lie.
 *
 * Typed arrays are views, and what they look at can vanish, shrink, or be
 * changed by somebody else. All is read through the built-in getters: a subclass
 * may have its own.
 *
 * @module
 */

/** Where the bytes of a chunk lie. */
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
const isResizable = getterOf(ArrayBuffer.prototype, "resizable") as (
  this: ArrayBufferLike,
) => boolean | undefined;
const { at } = Uint8Array.prototype;

/**
 * Gives the length of a chunk.
 *
 * @param chunk The chunk.
 * @returns Its length in bytes; 0 too if its buffer is gone.
 */
export function lengthOf(chunk: Uint8Array): number {
  return byteLengthOf.call(chunk);
}

/**
 * Gives the length of the buffer on which a chunk lies.
 *
 * @param chunk The chunk.
 * @returns The length in bytes.
 */
export function bufferLengthOf(chunk: Uint8Array): number {
  return bufferOf.call(chunk).byteLength;
}

/**
 * Checks whether a chunk has lost its bytes: its buffer was transferred, or has
 * shrunk. It has then the length 0.
 *
 * @param chunk The chunk.
 * @returns Whether they are gone.
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
 * Finds out where the bytes of a chunk lie.
 *
 * @param chunk The chunk.
 * @param length Its length.
 * @returns What kind of memory it is.
 */
export function memoryOf(chunk: Uint8Array, length: number): Memory {
  const buffer = bufferOf.call(chunk);
  let resizable: boolean | undefined;
  try {
    resizable = isResizable.call(buffer);
  } catch {
    // The getter refuses what is no ArrayBuffer.
    return "shared";
  }
  if (length === 0 && isGone(chunk)) {
    return resizable ? "outOfBounds" : "detached";
  }
  return resizable ? "resizable" : "fixed";
}
