/**
 * Reads the part of a request body that has arrived, without waiting for more.
 *
 * @module
 */

import type { InputStream } from "./types.ts";

/**
 * An additional method of the inputs in this package. It may return fewer bytes
 * than requested. `read(size)` waits for `size` bytes, so a program that passes
 * a body on would hold back bytes that have arrived.
 */
export interface SomeInput {
  /**
   * Reads at least one byte and at most `size`.
   *
   * @param size The maximum number of bytes, a positive integer.
   * @returns A new array; empty at the end of the input.
   */
  "wsgiref.readSome"(size: number): Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * Reads the bytes that have arrived if the input supports that, and otherwise
 * `size` bytes.
 *
 * @param input Any `wsgi.input`.
 * @param size The maximum number of bytes, a positive integer.
 * @returns A new array; empty at the end of the input.
 */
export function readSome(
  input: InputStream & Partial<SomeInput>,
  size: number,
): Promise<Uint8Array<ArrayBuffer>> {
  return input["wsgiref.readSome"]?.(size) ?? input.read(size);
}
