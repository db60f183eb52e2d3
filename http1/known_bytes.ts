/**
 * {@linkcode KnownBytes}: bytes that are expected to arrive again.
 *
 * @module
 */

/** The memory of arrays in words. Many arrays can use one memory. */
const words = new WeakMap<ArrayBufferLike, Int32Array>();

/**
 * Returns the memory of an array in words.
 *
 * @param bytes The array.
 * @returns All words of its memory, of which the array may be a part.
 */
export function wordsOf({ buffer }: Uint8Array): Int32Array {
  let all = words.get(buffer);
  if (all === undefined) {
    all = new Int32Array(buffer, 0, buffer.byteLength >> 2);
    words.set(buffer, all);
  }
  return all;
}

/**
 * Bytes, prepared for comparing them with received ones, four at a time. This is
 * several times faster than comparing single bytes or converting them to text.
 */
export class KnownBytes {
  /** The number of bytes. */
  readonly length: number;
  readonly #words: Int32Array;
  /** The bytes after the last whole word. */
  readonly #rest: Uint8Array;

  /**
   * Copies the bytes.
   *
   * @param bytes The bytes, which may change afterwards.
   */
  constructor(bytes: Uint8Array) {
    this.length = bytes.length;
    const end = bytes.length & ~3;
    this.#words = new Int32Array(bytes.slice(0, end).buffer);
    this.#rest = bytes.slice(end);
  }

  /**
   * Tests whether an array begins with the same bytes.
   *
   * @param bytes The array, at least as long.
   * @param words Its memory in words.
   * @param at The index of the first word of the array.
   * @returns Whether it does.
   */
  begins(bytes: Uint8Array, words: Int32Array, at: number): boolean {
    const known = this.#words;
    for (let i = 0; i < known.length; i++) {
      if (words[at + i] !== known[i]) return false;
    }
    const rest = this.#rest;
    const end = known.length * 4;
    for (let i = 0; i < rest.length; i++) {
      if (bytes[end + i] !== rest[i]) return false;
    }
    return true;
  }
}
