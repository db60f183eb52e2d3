/**
 * {@linkcode FileSlice}: a part of an open file, for `wsgi.file_wrapper`.
 *
 * @module
 */

import type { FileLike } from "../wsgi/types.ts";

/** Reads a number of bytes of an open file, from where it stands. */
export class FileSlice implements FileLike {
  readonly #file: Deno.FsFile;
  #left: number;
  #isOpen = true;

  /**
   * @param file The file; it is closed with the slice.
   * @param length How many bytes to read, at most.
   */
  constructor(file: Deno.FsFile, length: number) {
    this.#file = file;
    this.#left = length;
  }

  /**
   * Reads the next block.
   *
   * @param size The greatest size of the block in bytes.
   * @returns The block; `null` at the end of the slice, of the file, and when
   * the slice was closed.
   */
  async read(size: number): Promise<Uint8Array | null> {
    if (this.#left === 0 || !this.#isOpen) return null;
    const block = new Uint8Array(Math.min(size, this.#left));
    const count = await this.#file.read(block);
    if (count === null) return null;
    this.#left -= count;
    return block.subarray(0, count);
  }

  /** Closes the file. A second call does nothing. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#file.close();
  }
}
