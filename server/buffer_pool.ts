/**
 * Buffers that all connections of the process share: small ones for heads and
 * short bodies, large ones for streams.
 *
 * @module
 */

import { PooledBuffer } from "./pooled_buffer.ts";

/** The size of a small buffer, in bytes: a head and a short body. */
export const SMALL_SIZE = 4_096;

/**
 * The size of a large buffer, in bytes: 64 KiB of a body, and room for its
 * framing.
 */
export const POOLED_SIZE = 66_560;

/**
 * The number of bytes that are read into a large buffer. It is a round number, so
 * that an application that reads in blocks gets them without joining.
 */
export const READ_SIZE = 65_536;

/**
 * The maximum number of free buffers of each size. It is enough for 1,000 busy
 * connections, each of which needs one while it writes.
 */
const MAX_KEPT = 1_024;

/** The number of free buffers that are kept even if they are not used. */
const MIN_KEPT = 8;

/** The free buffers of one size. */
class Pool {
  readonly #size: number;
  readonly #free: PooledBuffer[] = [];
  /** The smallest number of free buffers since the last trim. */
  #unused = 0;

  constructor(size: number) {
    this.#size = size;
  }

  /** The total size of the free buffers, in bytes. */
  get size(): number {
    return this.#free.length * this.#size;
  }

  take(): PooledBuffer {
    const buffer = this.#free.pop();
    if (this.#free.length < this.#unused) this.#unused = this.#free.length;
    return buffer ?? new PooledBuffer(this.#size);
  }

  give(buffer: PooledBuffer): void {
    if (this.#free.length < MAX_KEPT) this.#free.push(buffer);
  }

  /** Drops a part of the buffers that were not used since the last call. */
  trim(share: number): void {
    const spare = Math.min(this.#unused, this.#free.length - MIN_KEPT);
    if (spare > 0) this.#free.length -= Math.ceil(spare * share);
    this.#unused = this.#free.length;
  }
}

const small = new Pool(SMALL_SIZE);
const large = new Pool(POOLED_SIZE);

/**
 * Takes a buffer out of the pool. An idle connection holds none. Allocating one
 * for each request would cost more than parsing the request.
 *
 * @param size The minimum size in bytes, up to {@linkcode POOLED_SIZE}.
 * @returns A buffer with arbitrary content, of {@linkcode SMALL_SIZE} or
 * {@linkcode POOLED_SIZE} bytes.
 */
export function takeBuffer(
  size: number = SMALL_SIZE,
): PooledBuffer {
  return size <= SMALL_SIZE ? small.take() : large.take();
}

/**
 * Returns a buffer to the pool.
 *
 * @param buffer A buffer from the pool that is no longer used.
 */
export function returnBuffer(buffer: PooledBuffer): void {
  (buffer.size === SMALL_SIZE ? small : large).give(buffer);
}

/**
 * Drops half of the buffers that were not used since the last call, which are
 * left over from a burst.
 */
export function trimBuffers(): void {
  small.trim(0.5);
  large.trim(0.5);
}

/** Drops all free buffers but a few, because no connection is left. */
export function dropBuffers(): void {
  for (const pool of [small, large]) {
    pool.trim(1);
    pool.trim(1);
  }
}

/**
 * Returns the memory of the free buffers.
 *
 * @returns Their total size in bytes.
 */
export function keptBytes(): number {
  return small.size + large.size;
}
