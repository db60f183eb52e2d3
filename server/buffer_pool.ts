/**
 * Large buffers, shared by all connections of the process.
 *
 * @module
 */

/** The size of a pooled buffer: 64 KiB of a body, and room for its framing. */
export const POOLED_SIZE = 66_560;

/**
 * How much of a pooled buffer is read into: a round number, so that blocks of a
 * body that are read one by one need not be joined.
 */
export const READ_SIZE = 65_536;

/**
 * How many buffers are kept while nobody uses them: enough for 1,000 busy
 * connections, each of which needs one while it writes.
 */
const MAX_KEPT = 1_024;

const kept: Uint8Array<ArrayBuffer>[] = [];

/**
 * Takes a buffer out of the pool. An idle connection holds none, and a busy one
 * makes none, which would cost more than parsing its request.
 *
 * @returns A buffer of {@linkcode POOLED_SIZE} bytes with arbitrary content.
 */
export function takeBuffer(): Uint8Array<ArrayBuffer> {
  return kept.pop() ?? new Uint8Array(POOLED_SIZE);
}

/**
 * Gives a buffer back.
 *
 * @param buffer A buffer from the pool that nobody reads or writes any more.
 */
export function returnBuffer(buffer: Uint8Array<ArrayBuffer>): void {
  if (kept.length < MAX_KEPT) kept.push(buffer);
}
