/**
 * The responses of the contenders in this folder, except the Python ones. It is
 * JavaScript, because Node runs it too.
 *
 * @module
 */
// deno-lint-ignore-file explicit-function-return-type -- JavaScript

import process from "node:process";

const [, , kind = "", scenario = "hello", port = "0", file = ""] = process.argv;

/** The scenario that the harness selects. */
export const asked = { kind, scenario, port: Number(port), file };

/** The body of `hello`. */
export const HELLO = new TextEncoder().encode("Hello world!\n");

/** One chunk of a streamed body. It must not be changed. */
export const CHUNK = new Uint8Array(16_384).fill(120);

/** The number of chunks. */
export const CHUNKS = 16;

/** The length of the file, in bytes. */
export const FILE_SIZE = 4 * 1024 * 1024;

/** The maximum size that `bytes:N` sends in one piece. */
const PIECE = 65_536;

/** The size of the body, which is sent in pieces of at most 64 KiB. */
export const bodySize = Number(/^bytes:(\d+)$/.exec(scenario)?.[1] ?? 0);

/** The pieces of {@linkcode bodySize}. They share one buffer. */
const piece = new Uint8Array(Math.min(PIECE, bodySize)).fill(120);

/** @returns {Generator<Uint8Array<ArrayBuffer>, void>} The streamed body. */
export function* chunks() {
  for (let i = 0; i < CHUNKS; i++) yield CHUNK;
}

/** @returns {AsyncGenerator<Uint8Array<ArrayBuffer>, void>} The same, async. */
export async function* asyncChunks() {
  // Each chunk waits for a promise, like data from another source.
  for (let i = 0; i < CHUNKS; i++) yield await Promise.resolve(CHUNK);
}

/** @returns {Generator<Uint8Array<ArrayBuffer>, void>} A body by its size. */
export function* sized() {
  for (let left = bodySize; left > 0; left -= piece.length) {
    yield left < piece.length ? piece.subarray(0, left) : piece;
  }
}

/** @returns {AsyncGenerator<Uint8Array<ArrayBuffer>, void>} Never ends. */
export async function* held() {
  yield CHUNK.subarray(0, 1024);
  await new Promise(() => {});
}
