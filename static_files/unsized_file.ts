/**
 * Reads files whose reported size may be wrong: the files of `/proc` report 0
 * bytes, and those of `/sys` 4096.
 *
 * @module
 */

import { readBlock } from "../gateway/file_blocks.ts";

/** The size of the beginning that is read, in bytes. */
const START_SIZE = 65_536;

/** The beginning of a file. */
export interface FileStart {
  /** The bytes. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Whether these bytes are the whole file. */
  readonly isWhole: boolean;
}

/**
 * Returns whether the reported size of a file is right.
 *
 * @param info The size, and the number of blocks on the disk.
 */
export function isSized(info: Pick<Deno.FileInfo, "size" | "blocks">): boolean {
  // The files of /sys have a size, but take no space.
  return info.size > 0 && info.blocks !== 0;
}

/**
 * Reads the beginning of an open file.
 *
 * @param file The file, at its beginning. Its position is then after the bytes.
 */
export async function readStart(file: Deno.FsFile): Promise<FileStart> {
  const block = await readBlock(file, START_SIZE);
  return { bytes: block.slice(), isWhole: block.length < START_SIZE };
}
