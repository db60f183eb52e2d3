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

/** The number of chunks that are remembered. */
const MAX_CHUNKS = 256;

interface Remembered {
  readonly chunk: Uint8Array;
  readonly length: number;
  readonly digest: number;
}

/** Chunks that were passed on, with digests of their bytes. */
export class ChunkSnapshot {
  #remembered: Remembered[] = [];
  /** The length of the largest buffer so far. */
  largestBuffer = 0;

  /**
   * Remembers a chunk.
   *
   * @param chunk The chunk, which is not empty.
   * @param length Its length in bytes.
   */
  remember(chunk: Uint8Array, length: number): void {
    this.largestBuffer = Math.max(this.largestBuffer, bufferLengthOf(chunk));
    if (this.#remembered.length >= MAX_CHUNKS) return;
    this.#remembered.push({ chunk, length, digest: digest(chunk, length) });
  }

  /** Forgets all chunks. */
  forget(): void {
    if (this.#remembered.length > 0) this.#remembered = [];
  }

  /**
   * Finds a chunk that has changed. If there is one, all are forgotten.
   *
   * @returns The kind of change; `undefined` if there is none.
   */
  find(): "changed" | "detached" | undefined {
    for (const { chunk, length, digest: before } of this.#remembered) {
      const isSame = lengthOf(chunk) === length &&
        digest(chunk, length) === before;
      if (isSame) continue;
      this.forget();
      return isGone(chunk) ? "detached" : "changed";
    }
    return undefined;
  }
}
