/**
 * Reads an open file whose reported size may be wrong: files in `/proc` report
 * 0 and those in `/sys` 4096, and any file can change while it is sent.
 *
 * @module
 */

import type { FileWrapper, SeekableFile } from "../wsgi/file_wrapper.ts";
import type { OpenFile } from "../wsgi/types.ts";
import type { ResponseWriter } from "./response_writer.ts";

/** The size of the blocks that are read from a file, in bytes. */
const BLOCK_SIZE = 262_144;

/** The size of the first block if the reported size is 0, in bytes. */
const UNKNOWN_BLOCK_SIZE = 65_536;

/** `Deno.SeekMode.Start` and `Current`, without using Deno. */
const SEEK_START = 0;
const SEEK_CURRENT = 1;

/**
 * Returns whether a file has its reported size, for transports that send it in
 * their own way. The position in the file does not change.
 *
 * @param wrapper The file, not read yet.
 * @param size The expected number of bytes from the current position.
 * @returns Whether the last of these bytes can be read.
 */
export function hasSize(wrapper: FileWrapper, size: number): boolean {
  if (size === 0) return false;
  const file = wrapper.filelike as SeekableFile;
  try {
    const last = file.seekSync(size - 1, SEEK_CURRENT);
    const count = file.readSync(new Uint8Array(1));
    file.seekSync(last + 1 - size, SEEK_START);
    return count === 1;
  } catch {
    // If something is wrong, sending the file will report it.
    return true;
  }
}

/**
 * Reads the first block of a file and announces the length of the body. A first
 * block that is not full is the whole file.
 *
 * @param wrapper The file, not read yet.
 * @param size The expected number of bytes.
 * @param response The response whose body it is.
 * @returns The blocks, to be sent in order.
 */
export async function openBlocks(
  wrapper: FileWrapper,
  size: number,
  response: ResponseWriter,
): Promise<AsyncIterable<Uint8Array>> {
  const file = wrapper.toFile();
  const wanted = size === 0 ? UNKNOWN_BLOCK_SIZE : Math.min(size, BLOCK_SIZE);
  const first = await readBlock(file, wanted);
  const isWhole = first.length < wanted || first.length === size;
  const length = isWhole ? first.length : size || Infinity;
  if (length < Infinity) response.announceLength(length);
  // An application may send only the beginning of a file.
  return blocksOf(file, first, Math.min(length, response.room));
}

/** Reads a block; only the last block of a file is not full. */
async function readBlock(
  file: OpenFile,
  size: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const block = new Uint8Array(size);
  let length = 0;
  while (length < size) {
    const count = await file.read(block.subarray(length));
    if (count === null) break;
    length += count;
  }
  return block.subarray(0, length);
}

/**
 * Iterates over blocks that share one buffer: each is sent before the next one
 * is read. Bytes beyond the limit are not read.
 */
async function* blocksOf(
  file: OpenFile,
  buffer: Uint8Array<ArrayBuffer>,
  limit: number,
): AsyncGenerator<Uint8Array, void> {
  let count: number | null = buffer.length;
  for (let left = limit; left > 0;) {
    if (count === null && limit < Infinity) {
      throw new Error(
        `Cannot send the whole file: it was truncated while it was sent, from ${limit} bytes to ${
          limit - left
        } or less`,
      );
    }
    if (count === null) return;
    const block = buffer.subarray(0, Math.min(left, count));
    left -= block.length;
    if (block.length > 0) yield block;
    if (left > 0) count = await file.read(buffer);
  }
}
