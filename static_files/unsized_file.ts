/**
 * Reads files whose reported size may be wrong: the files of `/proc` report 0
 * bytes, and those of `/sys` 4096.
 *
 * @module
 */

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
  const buffer = new Uint8Array(START_SIZE);
  let length = 0;
  while (length < START_SIZE) {
    const count = await file.read(buffer.subarray(length));
    if (count === null) break;
    length += count;
  }
  return { bytes: buffer.slice(0, length), isWhole: length < START_SIZE };
}
