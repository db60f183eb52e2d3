/**
 * The implementation of `wsgi.file_wrapper`.
 *
 * @module
 */

import type { FileLike, OpenFile } from "./types.ts";

const DEFAULT_BLOCK_SIZE = 65_536;

/** An open file whose position can be set. */
export interface SeekableFile extends OpenFile {
  /**
   * Sets the position.
   *
   * @param offset The new position, in bytes.
   * @param whence The start of the offset: 0 for the beginning of the file, 1
   * for the current position.
   * @returns The new position.
   */
  seekSync(offset: number, whence: number): number;
}

/** The other members of a Deno file that are used here. */
interface DenoFile extends SeekableFile {
  readonly readable: ReadableStream<Uint8Array>;
  statSync(): { readonly isFile: boolean; readonly size: number };
}

/** `Deno.SeekMode.Current`, without using Deno. */
const SEEK_CURRENT = 1;

function isDenoFile(file: object): file is DenoFile {
  return "readable" in file && file.readable instanceof ReadableStream &&
    "seekSync" in file && "statSync" in file;
}

function isOpenFile(file: object): file is OpenFile {
  return "readSync" in file && typeof file.readSync === "function";
}

/**
 * A body that reads a file block by block, from its current position to its
 * end.
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
  /** The preferred size of a block in bytes. */
  readonly blockSize: number;
  /** Closes the file. It exists only if the file has a `close()`. */
  declare readonly close?: () => unknown;
  #begun = false;

  /**
   * Wraps a file.
   *
   * @param filelike The file: `read(size)` and an optional `close()`, or a
   * `Deno.FsFile`.
   * @param blockSize The preferred size of a block in bytes, 1 or more.
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
      this.close = () => close.call(this.filelike);
    }
  }

  /**
   * The number of bytes between the current position of an open regular file
   * and its end. Servers use it to send a file more efficiently than block by
   * block.
   *
   * @returns The number; `undefined` if it is unknown, or if the iteration has
   * begun or is being observed.
   */
  get bytesLeft(): number | undefined {
    const file = this.filelike;
    // The validator counts the blocks with its own iterator, which it sets
    // here.
    const isWatched = Object.hasOwn(this, Symbol.asyncIterator);
    if (this.#begun || isWatched) return undefined;
    try {
      if (!isDenoFile(file)) return undefined;
      const { isFile, size } = file.statSync();
      if (!isFile) return undefined;
      return Math.max(0, size - file.seekSync(0, SEEK_CURRENT));
    } catch {
      // The file is closed; reading it will throw.
      return undefined;
    }
  }

  /**
   * Returns the open file itself, for servers that read it in their own way.
   * Call it only if {@linkcode FileWrapper.bytesLeft} is known.
   *
   * @returns The file, at its current position.
   */
  toFile(): OpenFile {
    this.#begun = true;
    return this.filelike as DenoFile;
  }

  /**
   * Reads the next block.
   *
   * @returns The block, or the end.
   */
  async next(): Promise<IteratorResult<Uint8Array, void>> {
    this.#begun = true;
    const block = await this.#read();
    if (block === null || block === undefined || block.byteLength === 0) {
      return { done: true, value: undefined };
    }
    return { done: false, value: block };
  }

  async #read(): Promise<Uint8Array | null | undefined> {
    const file = this.filelike;
    if (!isOpenFile(file)) {
      return await (file as FileLike).read(this.blockSize);
    }
    // The server owns a block until it is sent, so each needs a new buffer.
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
