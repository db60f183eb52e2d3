/**
 * Reading what has come of a request body, without waiting for more.
 *
 * @module
 */

import type { InputStream } from "./types.ts";

/**
 * What the inputs of this package can do besides: to give less than they are
 * asked for. `read(size)` gives exactly `size` bytes, so a program that passes a
 * body on while it arrives would hold back what has come.
 */
export interface SomeInput {
  /**
   * Reads at least one byte and at most `size`.
   *
   * @param size The most bytes to return, a positive integer.
   * @returns A new array; empty at the end of the input.
   */
  "wsgiref.readSome"(size: number): Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * Reads what has come, if the input can do that, and otherwise `size` bytes.
 *
 * @param input Any `wsgi.input`.
 * @param size The most bytes to return, a positive integer.
 * @returns A new array; empty at the end of the input.
 */
export function readSome(
  input: InputStream & Partial<SomeInput>,
  size: number,
): Promise<Uint8Array<ArrayBuffer>> {
  return input["wsgiref.readSome"]?.(size) ?? input.read(size);
}
