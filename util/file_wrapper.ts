/**
 * {@linkcode FileWrapper}: `wsgi.file_wrapper`.
 *
 * @module
 */

import type { FileLike } from "../gateway/types.ts";

const DEFAULT_BLOCK_SIZE = 65_536;

/** A file of Deno: its read() fills a buffer and tells how much. */
interface BufferReader {
  read(buffer: Uint8Array): Promise<number | null>;
  readSync(buffer: Uint8Array): number | null;
}

function isBufferReader(file: object): file is BufferReader {
  return "readSync" in file && typeof file.readSync === "function";
}

/**
 * A body that reads a file block by block, from where it stands to its end.
 *
 * The file is anything with `read(size)`, or an open `Deno.FsFile`. Reaching
 * the end does not close it; the server's `close()` does.
 *
 * PEP 3333, "Optional Platform-Specific File Handling".
 *
 * @example Usage
 * ```ts
 * import { FileWrapper } from "@wsgi/ref";
 * import { assertEquals } from "@std/assert";
 *
 * let left = new TextEncoder().encode("hello");
 * const body = new FileWrapper({
 *   read(size) {
 *     const block = left.subarray(0, size);
 *     left = left.subarray(size);
 *     return block;
 *   },
 * }, 4);
 * const blocks = [];
 * for await (const block of body) blocks.push(new TextDecoder().decode(block));
 * assertEquals(blocks, ["hell", "o"]);
 * ```
 */
export class FileWrapper implements AsyncIterableIterator<Uint8Array, void> {
  /** The file that is read. */
  readonly filelike: FileLike | object;
  /** The wished size of a block in bytes. */
  readonly blockSize: number;
  /** Closes the file. It exists only if the file has a `close()`. */
  declare readonly close?: () => unknown;

  /**
   * Wraps a file.
   *
   * @param filelike The file: `read(size)` and an optional `close()`, or a
   * `Deno.FsFile`.
   * @param blockSize The wished size of a block in bytes, 1 or more.
   * @throws {TypeError} If the file has no `read()`.
   * @throws {RangeError} If the block size is not a positive integer.
   */
  constructor(
    filelike: FileLike | object,
    blockSize: number = DEFAULT_BLOCK_SIZE,
  ) {
    if (typeof (filelike as Partial<FileLike> | null)?.read !== "function") {
      throw new TypeError("Cannot wrap the file: it must have a read() method");
    }
    if (!Number.isSafeInteger(blockSize) || blockSize < 1) {
      throw new RangeError(
        `Cannot wrap the file: block size must be a positive integer, got ${blockSize}`,
      );
    }
    this.filelike = filelike;
    this.blockSize = blockSize;
    const { close } = filelike as Partial<FileLike>;
    if (typeof close === "function") {
      this.close = () => close.call(filelike);
    }
  }

  /**
   * Reads the next block.
   *
   * @returns The block, or the end.
   */
  async next(): Promise<IteratorResult<Uint8Array, void>> {
    const block = await this.#read();
    if (block === null || block === undefined || block.byteLength === 0) {
      return { done: true, value: undefined };
    }
    return { done: false, value: block };
  }

  async #read(): Promise<Uint8Array | null | undefined> {
    const file = this.filelike;
    if (!isBufferReader(file)) {
      return await (file as FileLike).read(this.blockSize);
    }
    // A block is the server's until it is sent, so each has a buffer of its own.
    const buffer = new Uint8Array(this.blockSize);
    const count = await file.read(buffer);
    return count === null ? null : buffer.subarray(0, count);
  }

  /**
   * Iterates over the blocks. A file has one position, so there is one pass.
   *
   * @returns The wrapper itself.
   */
  [Symbol.asyncIterator](): this {
    return this;
  }
}
