/**
 * Looking at chunks a second time, to find those that were changed.
 *
 * @module
 */

import { bufferLengthOf, isGone, lengthOf } from "../views/memory.ts";

/** At most so many bytes are looked at, evenly spread. */
const MAX_SAMPLES = 16_384;

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * Makes a number of bytes, so that a later change shows: FNV-1a, of a sample
 * where there is much. It is expensive, and only for rules that ask for it.
 *
 * @param bytes The bytes.
 * @param length How many they are; 0 if their buffer is gone.
 * @returns The number.
 */
export function digest(bytes: Uint8Array, length: number): number {
  const step = Math.max(1, Math.floor(length / MAX_SAMPLES));
  let hash = FNV_OFFSET;
  for (let i = 0; i < length; i += step) {
    hash = Math.imul(hash ^ bytes[i]!, FNV_PRIME);
  }
  return hash;
}

/** At most so many chunks are remembered. */
const MAX_CHUNKS = 256;

interface Remembered {
  readonly chunk: Uint8Array;
  readonly length: number;
  readonly digest: number;
}

/** The chunks that were handed over, and what was in them. */
export class ChunkSnapshot {
  #remembered: Remembered[] = [];
  /** The length of the largest buffer so far. */
  largestBuffer = 0;

  /**
   * Remembers a chunk.
   *
   * @param chunk The chunk, not an empty one.
   * @param length Its length in bytes.
   */
  remember(chunk: Uint8Array, length: number): void {
    this.largestBuffer = Math.max(this.largestBuffer, bufferLengthOf(chunk));
    if (this.#remembered.length >= MAX_CHUNKS) return;
    this.#remembered.push({ chunk, length, digest: digest(chunk, length) });
  }

  /** Forgets all chunks: they are no longer of interest. */
  forget(): void {
    if (this.#remembered.length > 0) this.#remembered = [];
  }

  /**
   * Looks whether one of the chunks is not what it was. Then all are forgotten.
   *
   * @returns What happened to it.
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
