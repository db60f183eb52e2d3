/**
 * Buffers that all connections of the process share: small ones for heads and
 * short bodies, large ones for what is streamed.
 *
 * @module
 */

/** The size of a small buffer: a head and a short body. */
export const SMALL_SIZE = 4_096;

/** The size of a large buffer: 64 KiB of a body, and room for its framing. */
export const POOLED_SIZE = 66_560;

/**
 * How much of a large buffer is read into: a round number, so that blocks of a
 * body that are read one by one need not be joined.
 */
export const READ_SIZE = 65_536;

/**
 * How many buffers of each size are kept at most: enough for 1,000 busy
 * connections, each of which needs one while it writes.
 */
const MAX_KEPT = 1_024;

/** How many are kept although nobody has needed them of late. */
const MIN_KEPT = 8;

/** The free buffers of one size. */
class Pool {
  readonly #size: number;
  readonly #free: Uint8Array<ArrayBuffer>[] = [];
  /** The smallest number of free buffers since the last trim. */
  #unused = 0;

  constructor(size: number) {
    this.#size = size;
  }

  /** How many bytes the free buffers have. */
  get size(): number {
    return this.#free.length * this.#size;
  }

  take(): Uint8Array<ArrayBuffer> {
    const buffer = this.#free.pop();
    if (this.#free.length < this.#unused) this.#unused = this.#free.length;
    return buffer ?? new Uint8Array(this.#size);
  }

  give(buffer: Uint8Array<ArrayBuffer>): void {
    if (this.#free.length < MAX_KEPT) this.#free.push(buffer);
  }

  /** Drops a share of the buffers that nobody has needed since the last call. */
  trim(share: number): void {
    const spare = Math.min(this.#unused, this.#free.length - MIN_KEPT);
    if (spare > 0) this.#free.length -= Math.ceil(spare * share);
    this.#unused = this.#free.length;
  }
}

const small = new Pool(SMALL_SIZE);
const large = new Pool(POOLED_SIZE);

/**
 * Takes a buffer out of the pool. An idle connection holds none, and a busy one
 * makes none, which would cost more than parsing its request.
 *
 * @param size How many bytes are needed at least, up to {@linkcode POOLED_SIZE}.
 * @returns A buffer with arbitrary content, of {@linkcode SMALL_SIZE} or
 * {@linkcode POOLED_SIZE} bytes.
 */
export function takeBuffer(
  size: number = SMALL_SIZE,
): Uint8Array<ArrayBuffer> {
  return size <= SMALL_SIZE ? small.take() : large.take();
}

/**
 * Gives a buffer back.
 *
 * @param buffer A buffer from the pool that nobody reads or writes any more.
 */
export function returnBuffer(buffer: Uint8Array<ArrayBuffer>): void {
  (buffer.length === SMALL_SIZE ? small : large).give(buffer);
}

let lastBuffer: Uint8Array<ArrayBuffer> | undefined;
let lastView = new Uint8Array();

/**
 * Returns the beginning of a buffer. Most writes are as long as the last one,
 * and use the same buffer: the view is then the same, too.
 *
 * @param buffer A buffer from the pool.
 * @param length The number of bytes.
 * @returns A view on them.
 */
export function viewOf(
  buffer: Uint8Array<ArrayBuffer>,
  length: number,
): Uint8Array<ArrayBuffer> {
  if (buffer !== lastBuffer || length !== lastView.length) {
    lastBuffer = buffer;
    lastView = buffer.subarray(0, length);
  }
  return lastView;
}

/**
 * Lets go of half the buffers that nobody has needed since the last call: those
 * that a burst has left behind.
 */
export function trimBuffers(): void {
  small.trim(0.5);
  large.trim(0.5);
}

/** Lets go of all buffers but a few, because no connection is left. */
export function dropBuffers(): void {
  for (const pool of [small, large]) {
    pool.trim(1);
    pool.trim(1);
  }
}

/**
 * Returns how much memory is kept for nobody.
 *
 * @returns The number of bytes in free buffers.
 */
export function keptBytes(): number {
  return small.size + large.size;
}
