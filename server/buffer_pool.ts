/**
 * Buffers that all connections of the process share: small ones for heads and
 * short bodies, large ones for streams, and those into which idle connections
 * read.
 *
 * @module
 */

import { Pool } from "./pool.ts";
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
 * The size, in bytes, of the buffer into which an idle connection reads. Most
 * heads fit into it.
 */
export const IDLE_SIZE = 1_024;

/** The number of such buffers in one piece of memory. */
const IDLE_BUFFERS = 16;

const small = new Pool(() => new PooledBuffer(SMALL_SIZE));
const large = new Pool(() => new PooledBuffer(POOLED_SIZE));
const idle = new Pool(createIdleBuffer);

/** The memory from which the next idle buffers are created. */
let piece = new Uint8Array(0);
let next = 0;

/**
 * Creates a buffer as a part of a larger piece: memory of its own would need 400
 * bytes more for its administration.
 */
function createIdleBuffer(): Uint8Array {
  if (next === piece.length) {
    piece = new Uint8Array(IDLE_BUFFERS * IDLE_SIZE);
    next = 0;
  }
  return piece.subarray(next, next += IDLE_SIZE);
}

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
 * Takes a buffer for an idle connection out of the pool.
 *
 * @returns A buffer with arbitrary content, of {@linkcode IDLE_SIZE} bytes.
 */
export function takeIdleBuffer(): Uint8Array {
  return idle.take();
}

/**
 * Returns a buffer for idle connections to the pool.
 *
 * @param buffer A buffer from the pool that is no longer used.
 */
export function returnIdleBuffer(buffer: Uint8Array): void {
  idle.give(buffer);
}

/**
 * Drops half of the buffers that were not used since the last call, which are
 * left over from a burst.
 */
export function trimBuffers(): void {
  for (const pool of [small, large, idle]) pool.trim(0.5);
}

/** Drops all free buffers but a few, because no connection is left. */
export function dropBuffers(): void {
  for (const pool of [small, large, idle]) {
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
  return small.size * SMALL_SIZE + large.size * POOLED_SIZE +
    idle.size * IDLE_SIZE;
}
