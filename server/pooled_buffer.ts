/**
 * {@linkcode PooledBuffer}: a buffer that many writes use, one after the other.
 *
 * @module
 */

/**
 * A buffer from the pool. Because most responses resemble the one before, it
 * keeps the last view of its bytes, and does not copy the same head twice.
 */
export class PooledBuffer {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  /** The view that was returned last. */
  #view: Uint8Array<ArrayBuffer>;
  /** The constant bytes with which the buffer begins, if it does. */
  #constant: Uint8Array | undefined;

  /**
   * Creates a buffer.
   *
   * @param size Its size in bytes.
   */
  constructor(size: number) {
    this.#bytes = this.#view = new Uint8Array(size);
  }

  /** The size in bytes. */
  get size(): number {
    return this.#bytes.length;
  }

  /** All bytes, which the caller may change. */
  get bytes(): Uint8Array<ArrayBuffer> {
    this.#constant = undefined;
    return this.#bytes;
  }

  /**
   * Returns the first bytes.
   *
   * @param length The number of bytes.
   * @returns A view, which the caller must not change.
   */
  view(length: number): Uint8Array<ArrayBuffer> {
    if (this.#view.length !== length) {
      this.#view = this.#bytes.subarray(0, length);
    }
    return this.#view;
  }

  /**
   * Copies bytes into the buffer. Bytes must be added in order, without gaps.
   *
   * @param bytes The bytes, for which there must be room.
   * @param at The index of the first one in the buffer.
   * @param isConstant Whether the array will never change.
   */
  add(bytes: Uint8Array, at: number, isConstant: boolean): void {
    if (at === 0) {
      if (bytes === this.#constant) return;
      this.#constant = isConstant ? bytes : undefined;
    }
    this.#bytes.set(bytes, at);
  }
}
