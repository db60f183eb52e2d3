/**
 * {@linkcode GatheringBuffer}: joins small writes.
 *
 * @module
 */

import {
  POOLED_SIZE,
  returnBuffer,
  SMALL_SIZE,
  takeBuffer,
  viewOf,
} from "./buffer_pool.ts";

/**
 * Gathers bytes in a buffer from the pool, a small one while they fit. Bytes that
 * were taken out stay valid until they are released. Meanwhile, further bytes
 * are gathered in another buffer.
 */
export class GatheringBuffer {
  #buffer: Uint8Array<ArrayBuffer> | undefined;
  #length = 0;
  /** The buffer whose bytes were taken out. */
  #taken: Uint8Array<ArrayBuffer> | undefined;

  /** The number of gathered bytes. */
  get length(): number {
    return this.#length;
  }

  /**
   * Adds bytes, which are copied.
   *
   * @param bytes The bytes.
   * @returns Whether there was room for them.
   */
  add(bytes: Uint8Array): boolean {
    const length = this.#length + bytes.length;
    if (length > POOLED_SIZE) return false;
    let buffer = this.#buffer;
    if (buffer === undefined) buffer = this.#buffer = takeBuffer(length);
    else if (length > buffer.length) buffer = this.#grow(buffer);
    buffer.set(bytes, this.#length);
    this.#length = length;
    return true;
  }

  #grow(small: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const buffer = this.#buffer = takeBuffer(SMALL_SIZE + 1);
    buffer.set(small.subarray(0, this.#length));
    returnBuffer(small);
    return buffer;
  }

  /**
   * Takes out the gathered bytes.
   *
   * @returns The bytes, valid until {@linkcode GatheringBuffer.release};
   * `undefined` if there are none.
   */
  take(): Uint8Array | undefined {
    const buffer = this.#buffer;
    if (buffer === undefined) return undefined;
    const bytes = viewOf(buffer, this.#length);
    this.#taken = buffer;
    this.#buffer = undefined;
    this.#length = 0;
    return bytes;
  }

  /** Returns the buffer whose bytes were taken out to the pool. */
  release(): void {
    if (this.#taken !== undefined) returnBuffer(this.#taken);
    this.#taken = undefined;
  }

  /** Drops the gathered bytes that were not taken out. */
  drop(): void {
    if (this.#buffer !== undefined) returnBuffer(this.#buffer);
    this.#buffer = undefined;
    this.#length = 0;
  }
}
