/**
 * Reading an open file whose size need not be true: files of `/proc` say 0 and
 * those of `/sys` 4096, and any file can change while it is sent.
 *
 * @module
 */

import type { FileWrapper, SeekableFile } from "../wsgi/file_wrapper.ts";
import type { OpenFile } from "../wsgi/types.ts";
import type { ResponseWriter } from "./response_writer.ts";

/** How much of a file is read at a time, in bytes. */
const BLOCK_SIZE = 262_144;

/** The first block of a file whose size is 0, in bytes. */
const UNKNOWN_BLOCK_SIZE = 65_536;

/** `Deno.SeekMode.Start` and `Current`, without touching Deno. */
const SEEK_START = 0;
const SEEK_CURRENT = 1;

/**
 * Tests whether a file ends where its size says, for transports that send it in
 * their own way. Its position stays where it is.
 *
 * @param wrapper The file, of which nothing was read.
 * @param size How many bytes should be left, from where it stands.
 * @returns Whether the last of them can be read.
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
    // Sending it will show what is wrong.
    return true;
  }
}

/**
 * Reads the first block of a file, and announces its length, which is known
 * then: a block that is not full ends with the file.
 *
 * @param wrapper The file, of which nothing was read.
 * @param size How many bytes should be left.
 * @param response The response whose body it is.
 * @returns The blocks, to be sent one after the other.
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
  // An application may want to send less of it.
  return blocksOf(file, first, Math.min(length, response.room));
}

/** Reads a block; it is less than full only at the end of the file. */
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
 * is asked for. What a file has beyond the limit is left.
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
