/**
 * Bodies that are arrays: all of them is known before the first byte.
 *
 * @module
 */

import { checkChunk } from "./body_reader.ts";
import { ignoreRejection } from "../wsgi/describe.ts";

/**
 * Checks all chunks of an array body and adds up their lengths.
 *
 * @param chunks The body.
 * @returns The length of the body in bytes.
 * @throws {TypeError} If a chunk is not a `Uint8Array`.
 */
export function totalLength(chunks: unknown[]): number {
  let length = 0;
  try {
    for (let i = 0; i < chunks.length; i++) {
      const chunk = chunks[i];
      checkChunk(chunk);
      length += chunk.byteLength;
    }
  } catch (error) {
    // Nobody looks at the others, which may be promises, too.
    for (const chunk of chunks) ignoreRejection(chunk);
    throw error;
  }
  return length;
}

/**
 * Makes one chunk of an array body. Only its length and its elements are used.
 *
 * @param chunks The body; checked.
 * @param length The length of the body in bytes.
 * @returns The chunk: the only one of the body itself, or a copy of several.
 */
export function joinChunks(chunks: unknown[], length: number): Uint8Array {
  if (chunks.length === 1) return chunks[0] as Uint8Array;
  const whole = new Uint8Array(length);
  let offset = 0;
  for (let i = 0; i < chunks.length; i++) {
    const chunk = chunks[i] as Uint8Array;
    whole.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return whole;
}
