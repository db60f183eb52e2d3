/**
 * Bodies of responses on their way between threads.
 *
 * @module
 */

import { fromBytes, toBytes } from "../../wsgi/byte_string.ts";

/** A body: bytes, or a ByteString if it is short. */
export type SentBody = Uint8Array<ArrayBuffer> | string;

/** Up to this size, in bytes, a string is cheaper to send than bytes. */
const MAX_SHORT = 256;

/**
 * Copies a body so that it can be sent to another thread.
 *
 * @param bytes The body, which may change afterwards.
 */
export function packBody(bytes: Uint8Array): SentBody {
  return bytes.length <= MAX_SHORT ? fromBytes(bytes) : new Uint8Array(bytes);
}

/**
 * Returns the bytes of a body.
 *
 * @param body The body, from {@linkcode packBody}.
 */
export function unpackBody(body: SentBody): Uint8Array<ArrayBuffer> {
  return typeof body === "string" ? toBytes(body) : body;
}
