/**
 * Checks bodies and their chunks, and joins array bodies, which are known
 * completely before the first byte is sent.
 *
 * @module
 */

import { describe, ignoreRejection, isUint8Array } from "../wsgi/describe.ts";

/** An object whose body methods have not been checked yet. */
export interface AnyBody {
  [Symbol.asyncIterator]?: unknown;
  [Symbol.iterator]?: unknown;
  close?: unknown;
}

/**
 * Creates the error about a body that is not an iterable of chunks.
 *
 * @param found A description of the returned value.
 * @returns The error.
 */
export function createBodyError(found: string): TypeError {
  return new TypeError(
    `Cannot send the body: application must return an iterable of Uint8Array chunks, got ${found}`,
  );
}

/**
 * Throws for a value that cannot be a body. This includes values that
 * JavaScript could iterate: a string yields characters, and a bare `Uint8Array`
 * yields numbers.
 *
 * @param body The value that the application returned.
 * @throws {TypeError} If it is not an object, or is a typed array.
 */
export function checkBody(body: unknown): asserts body is AnyBody {
  if (isUint8Array(body)) {
    throw createBodyError(`${describe(body)}: wrap it in an array`);
  }
  if (body === undefined) {
    throw createBodyError("undefined: is a return missing?");
  }
  if (typeof body !== "object" || body === null || ArrayBuffer.isView(body)) {
    throw createBodyError(describe(body));
  }
}

/**
 * Throws for a chunk that is not a `Uint8Array`.
 *
 * @param chunk The value that the body yielded or that was passed to write().
 * @throws {TypeError} If it is not a `Uint8Array`.
 */
export function checkChunk(chunk: unknown): asserts chunk is Uint8Array {
  if (!isUint8Array(chunk)) {
    ignoreRejection(chunk);
    throw new TypeError(
      `Cannot send the body: chunk must be a Uint8Array, got ${
        describe(chunk)
      }`,
    );
  }
}

/**
 * Checks all chunks of an array body and adds up their lengths.
 *
 * @param chunks The array that the application returned.
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
    // The other chunks are not checked, and may be promises that reject.
    for (const chunk of chunks) ignoreRejection(chunk);
    throw error;
  }
  return length;
}

/**
 * Joins an array body into one chunk. Only its length and its elements are used.
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
