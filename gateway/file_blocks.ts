/**
 * Reads an open file whose reported size may be wrong: files in `/proc` report
 * 0 and those in `/sys` 4096, and any file can change while it is sent.
 *
 * @module
 */

import type { FileWrapper } from "../wsgi/file_wrapper.ts";
import type { OpenFile } from "../wsgi/types.ts";
import type { ResponseWriter } from "./response_writer.ts";

/** The size of the blocks that are read from a file, in bytes. */
const BLOCK_SIZE = 262_144;

/** The size of the first block if the reported size is 0, in bytes. */
const UNKNOWN_BLOCK_SIZE = 65_536;

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
  const limit = Math.min(length, response.room);
  return blocksOf(file, first, limit, response.holdsChunks);
}

/**
 * Reads a block of a file. Only the last block of a file is not full.
 *
 * @param file The file, which is read from its position.
 * @param size The size of the block in bytes.
 * @returns The bytes. A block that is not full is a view of a larger buffer.
 */
export async function readBlock(
  file: Pick<OpenFile, "read">,
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
 * Iterates over blocks. They share one buffer, because each is sent before the
 * next one is read, unless the transport holds them. Bytes beyond the limit are
 * not read.
 */
async function* blocksOf(
  file: OpenFile,
  first: Uint8Array<ArrayBuffer>,
  limit: number,
  isHeld: boolean,
): AsyncGenerator<Uint8Array, void> {
  let buffer = first;
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
    if (left === 0) return;
    if (isHeld) buffer = new Uint8Array(Math.min(left, BLOCK_SIZE));
    count = await file.read(buffer);
  }
}
