/**
 * Looking at chunks a second time, to find those that were changed.
 *
 * @module
 */

import { digest } from "./digest.ts";
import { bufferLengthOf, isGone, lengthOf } from "../views/memory.ts";

/** At most so many chunks are remembered. */
const MAX_CHUNKS = 256;

interface Remembered {
  readonly chunk: Uint8Array;
  readonly length: number;
  readonly digest: number;
}

/** The chunks that were handed over, and what was in them. */
export class ChunkWatch {
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
