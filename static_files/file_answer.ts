/**
 * The response to a request for a file: opens the file, evaluates conditions
 * and ranges, and reads files whose reported size may be wrong.
 *
 * @module
 */

import { readBlock } from "../gateway/file_blocks.ts";
import type { Environ, HeaderTuple } from "../wsgi/types.ts";
import { type Answer, FileSlice, plain } from "./answer.ts";
import {
  evaluate,
  type FileState,
  fileState,
  requestedRange,
} from "./conditions.ts";

/** The size of the beginning of a file that is read, in bytes. */
const START_SIZE = 65_536;

/** The beginning of a file. */
interface FileStart {
  /** The bytes. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Whether these bytes are the whole file. */
  readonly isWhole: boolean;
}

/**
 * Returns whether the reported size of a file is right. The files of `/proc`
 * report 0 bytes, and those of `/sys` 4096.
 *
 * @param info The size, and the number of blocks on the disk.
 */
function isSized(info: Pick<Deno.FileInfo, "size" | "blocks">): boolean {
  // The files of /sys have a size, but take no space.
  return info.size > 0 && info.blocks !== 0;
}

/**
 * Reads the beginning of an open file.
 *
 * @param file The file, at its beginning. Its position is then after the bytes.
 */
async function readStart(file: Deno.FsFile): Promise<FileStart> {
  const block = await readBlock(file, START_SIZE);
  return { bytes: block.slice(), isWhole: block.length < START_SIZE };
}

/**
 * The response to a request for a file, and the part of the file that it
 * contains.
 */
interface Plan {
  readonly answer: Answer;
  readonly first: number;
  readonly length: number;
}

/** Returns the validators of a file: `ETag` and `Last-Modified`. */
function stateHeaders({ tag, modified }: FileState): HeaderTuple[] {
  const headers: HeaderTuple[] = [];
  if (tag !== undefined) headers.push(["ETag", tag]);
  if (modified !== undefined) {
    headers.push(["Last-Modified", modified.toUTCString()]);
  }
  return headers;
}

/**
 * Decides on the response to a request for a file.
 *
 * @param environ The environ of the request.
 * @param state The state of the file.
 * @param typeHeaders Content-Type, and Content-Encoding if there is one.
 * @returns The response without its body, and the range of the file to send.
 */
function planFile(
  environ: Environ,
  state: FileState,
  typeHeaders: readonly HeaderTuple[],
): Plan {
  const without = (answer: Answer): Plan => ({ answer, first: 0, length: 0 });
  const headers = stateHeaders(state);
  const outcome = evaluate(environ, state);
  if (outcome === 304) {
    return without({ status: "304 Not Modified", headers });
  }
  if (outcome === 412) return without(plain("412 Precondition Failed"));
  const { size } = state;
  const range = requestedRange(environ, state);
  if (range === "unsatisfiable") {
    return without(
      plain("416 Range Not Satisfiable", [
        "Content-Range",
        `bytes */${size}`,
      ]),
    );
  }
  const { first, last } = range ?? { first: 0, last: size - 1 };
  const length = last - first + 1;
  headers.unshift(...typeHeaders, ["Content-Length", String(length)]);
  headers.push(["Accept-Ranges", "bytes"]);
  if (range !== undefined) {
    headers.push(["Content-Range", `bytes ${first}-${last}/${size}`]);
  }
  const status = range === undefined ? "200 OK" : "206 Partial Content";
  return { answer: { status, headers }, first, length };
}

/**
 * Opens a file and decides on the response to a request for it.
 *
 * @param environ The environ of the request.
 * @param path The path of the file.
 * @param headers Content-Type, and Content-Encoding if there is one.
 * @returns The response; `undefined` if the path no longer leads to a file.
 */
export async function answerWithFile(
  environ: Environ,
  path: string,
  headers: readonly HeaderTuple[],
): Promise<Answer | undefined> {
  const isHead = environ.REQUEST_METHOD === "HEAD";
  if (isHead) {
    const info = await Deno.stat(path);
    if (isSized(info)) {
      const state = await fileState(info, Date.now());
      return planFile(environ, state, headers).answer;
    }
  }
  const file = await Deno.open(path);
  let slice: FileSlice | undefined;
  try {
    // The state is that of the open file: the path may lead to another file
    // now.
    const info = await file.stat();
    if (!info.isFile) return undefined;
    const start = isSized(info) ? undefined : await readStart(file);
    if (start?.isWhole === false) {
      const answer = { status: "200 OK", headers };
      if (isHead) return answer;
      await file.seek(0, Deno.SeekMode.Start);
      return { ...answer, body: slice = new FileSlice(file, Infinity) };
    }
    const size = start?.bytes.length ?? info.size;
    const state = await fileState({ ...info, size }, Date.now());
    const { answer, first, length } = planFile(environ, state, headers);
    if (length === 0 || isHead) return answer;
    if (start !== undefined) {
      return { ...answer, body: start.bytes.subarray(first, first + length) };
    }
    if (first > 0) await file.seek(first, Deno.SeekMode.Start);
    return { ...answer, body: slice = new FileSlice(file, length) };
  } finally {
    if (slice === undefined) file.close();
  }
}
