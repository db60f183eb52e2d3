/**
 * Compares chunks with their earlier bytes, to find those that have changed.
 *
 * @module
 */

import { bufferLengthOf, isGone, lengthOf } from "../views/memory.ts";

/** The number of bytes that are compared, spread evenly. */
const MAX_SAMPLES = 16_384;

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * Returns a digest of bytes that shows a later change: FNV-1a, of a sample if
 * there are many. It is slow, and only for rules that need it.
 *
 * @param bytes The bytes.
 * @param length Their number; 0 if their buffer is detached.
 */
export function digest(bytes: Uint8Array, length: number): number {
  const step = Math.max(1, Math.floor(length / MAX_SAMPLES));
  let hash = FNV_OFFSET;
  for (let i = 0; i < length; i += step) {
    hash = Math.imul(hash ^ bytes[i]!, FNV_PRIME);
  }
  return hash;
}

/** The number of chunks of an array that are remembered. */
const MAX_CHUNKS = 256;

/** The number of other chunks, to find a ring of buffers. */
const MAX_EARLIER = 4;

interface Remembered {
  readonly chunk: Uint8Array;
  readonly length: number;
  readonly digest: number;
}

/** Chunks that were passed on, with digests of their bytes. */
export class ChunkSnapshot {
  #remembered: Remembered[] = [];
  readonly #isOfArray: boolean;
  /** The length of the largest buffer so far. */
  largestBuffer = 0;

  /**
   * @param isOfArray Whether the chunks are those of an array: the first ones are
   * then remembered, and otherwise the last ones.
   */
  constructor(isOfArray: boolean) {
    this.#isOfArray = isOfArray;
  }

  /**
   * Remembers a chunk.
   *
   * @param chunk The chunk, which is not empty.
   * @param length Its length in bytes.
   */
  remember(chunk: Uint8Array, length: number): void {
    this.largestBuffer = Math.max(this.largestBuffer, bufferLengthOf(chunk));
    const remembered = this.#remembered;
    if (!this.#isOfArray && remembered.length === MAX_EARLIER) {
      remembered.shift();
    }
    if (remembered.length >= MAX_CHUNKS) return;
    remembered.push({ chunk, length, digest: digest(chunk, length) });
  }

  /** Forgets all chunks. */
  forget(): void {
    if (this.#remembered.length > 0) this.#remembered = [];
  }

  /**
   * Finds a chunk that has changed. If there is one, all are forgotten. Earlier
   * chunks of a body that is not an array may be detached: they were sent.
   *
   * @returns The kind of change; `undefined` if there is none.
   */
  find(): "changed" | "detached" | undefined {
    const last = this.#remembered.length - 1;
    for (
      const [i, { chunk, length, digest: before }] of this.#remembered.entries()
    ) {
      const isWhole = lengthOf(chunk) === length;
      if (!isWhole && i < last && !this.#isOfArray) continue;
      if (isWhole && digest(chunk, length) === before) continue;
      this.forget();
      return isGone(chunk) ? "detached" : "changed";
    }
    return undefined;
  }
}
