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
} from "./buffer_pool.ts";
import type { PooledBuffer } from "./pooled_buffer.ts";

/**
 * Gathers bytes in a buffer from the pool, a small one while they fit. Bytes that
 * were taken out stay valid until they are released. Meanwhile, further bytes
 * are gathered in another buffer.
 */
export class GatheringBuffer {
  #buffer: PooledBuffer | undefined;
  #length = 0;
  /** The buffer whose bytes were taken out. */
  #taken: PooledBuffer | undefined;

  /** The number of gathered bytes. */
  get length(): number {
    return this.#length;
  }

  /**
   * Adds bytes, which are copied.
   *
   * @param bytes The bytes.
   * @param isConstant Whether the array will never change.
   * @returns Whether there was room for them.
   */
  add(bytes: Uint8Array, isConstant: boolean = false): boolean {
    const length = this.#length + bytes.length;
    if (length > POOLED_SIZE) return false;
    let buffer = this.#buffer;
    if (buffer === undefined) buffer = this.#buffer = takeBuffer(length);
    else if (length > buffer.size) buffer = this.#grow(buffer);
    buffer.add(bytes, this.#length, isConstant);
    this.#length = length;
    return true;
  }

  #grow(small: PooledBuffer): PooledBuffer {
    const buffer = this.#buffer = takeBuffer(SMALL_SIZE + 1);
    buffer.add(small.view(this.#length), 0, false);
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
    const bytes = buffer.view(this.#length);
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
