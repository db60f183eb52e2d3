/**
 * {@linkcode ResponseEncoder}: HTTP/1.1 responses to bytes, without I/O.
 *
 * @module
 */

import { toBytes } from "../wsgi/byte_string.ts";
import { formatDateTime, isContentLength } from "../wsgi/http_syntax.ts";
import type { HeaderTuple } from "../wsgi/types.ts";

/** What a response begins with, as the application gave it and found valid. */
export interface ResponseStart {
  /** The status with its reason phrase: `"200 OK"`. */
  readonly status: string;
  /** The status code. */
  readonly code: number;
  /** The headers in their order and case; ByteStrings. */
  readonly headers: readonly HeaderTuple[];
  /** The value of Content-Length in bytes, if it is among the headers. */
  readonly contentLength: number | undefined;
}

/** What the framing of a response depends on. */
export interface ResponseContext {
  /** The method of the request; `undefined` if it could not be read. */
  readonly method: string | undefined;
  /** The version of the request. */
  readonly version: "1.0" | "1.1";
  /** Whether the connection may carry a further request. */
  readonly keepsAlive: boolean;
}

/** How the end of a body is marked. */
export type BodyFraming =
  /** There is no body. */
  | "none"
  /** Content-Length says how long it is. */
  | "length"
  /** The last chunk is empty. */
  | "chunked"
  /** The connection ends with it. */
  | "close";

/** The head of a response in bytes, and what follows from it. */
export interface EncodedHead {
  /** The bytes, to be sent as they are; shared between responses. */
  readonly bytes: Uint8Array;
  /** How the end of the body is marked. */
  readonly framing: BodyFraming;
  /** Whether the connection may carry a further request. */
  readonly keepsAlive: boolean;
}

const encoder = new TextEncoder();

/** What stands after the data of a chunk. */
export const CHUNK_END: Uint8Array = encoder.encode("\r\n");

/** The end of a chunked body, without trailers. */
export const LAST_CHUNK: Uint8Array = encoder.encode("0\r\n\r\n");

/**
 * Encodes the head of a chunk.
 *
 * RFC 9112 section 7.1.
 *
 * @param size The length of the chunk in bytes, 1 or more.
 * @returns The size line with its CRLF.
 */
export function encodeChunkSize(size: number): Uint8Array {
  if (size !== lastSize) {
    lastSize = size;
    lastSizeLine = encoder.encode(`${size.toString(16)}\r\n`);
  }
  return lastSizeLine;
}

/** Most chunks are as long as the one before. */
let lastSize = -1;
let lastSizeLine = new Uint8Array();

/** Encodes response heads, and remembers the last one. */
export class ResponseEncoder {
  #last: ResponseStart | undefined;
  #lastMethod: string | undefined;
  #lastVersion: string | undefined;
  #lastKeepsAlive = false;
  #lastSecond = -1;
  #lastEncoded: EncodedHead | undefined;
  #date = "";

  /**
   * Encodes the head of a response.
   *
   * Status and headers leave as they were given. Date is added unless it is
   * among them, and what the framing of the body needs: `Transfer-Encoding` or
   * `Connection`. A 204 and a 2xx to CONNECT lose their Content-Length; that of
   * a 205 is 0.
   *
   * RFC 9112 sections 4, 6.3 and 9.3; RFC 9110 sections 6.6.1, 8.6, 9.3.6
   * and 15.3.6.
   *
   * @param start What the application said. It must not change afterwards.
   * @param context What the request said.
   * @param now The time, in milliseconds since the epoch.
   * @returns The bytes and the framing.
   */
  encode(
    start: ResponseStart,
    context: ResponseContext,
    now: number,
  ): EncodedHead {
    const second = Math.floor(now / 1_000);
    if (second !== this.#lastSecond) {
      this.#lastSecond = second;
      this.#lastEncoded = undefined;
      this.#date = formatDateTime(second * 1_000);
    }
    const { method, version, keepsAlive } = context;
    // Only these methods change anything.
    const special = method === "HEAD" || method === "CONNECT"
      ? method
      : undefined;
    if (
      this.#lastEncoded !== undefined && this.#lastMethod === special &&
      this.#lastVersion === version && this.#lastKeepsAlive === keepsAlive &&
      isSame(this.#last, start)
    ) return this.#lastEncoded;
    this.#last = start;
    this.#lastMethod = special;
    this.#lastVersion = version;
    this.#lastKeepsAlive = keepsAlive;
    return this.#lastEncoded = encodeHead(start, context, this.#date);
  }
}

function isSame(
  last: ResponseStart | undefined,
  start: ResponseStart,
): boolean {
  if (last === start) return true;
  if (last === undefined || last.status !== start.status) return false;
  const { headers } = start;
  const { headers: before } = last;
  if (headers.length !== before.length) return false;
  for (let i = 0; i < headers.length; i++) {
    const one = headers[i];
    const other = before[i];
    if (one?.[0] !== other?.[0] || one?.[1] !== other?.[1]) return false;
  }
  return true;
}

function encodeHead(
  start: ResponseStart,
  context: ResponseContext,
  date: string,
): EncodedHead {
  const framing = frame(start, context);
  const { code } = start;
  const isTunnel = context.method === "CONNECT" && code < 300;
  // RFC 9110 sections 8.6 and 9.3.6: neither may have one. That of a 205 is 0.
  const losesLength = isTunnel || code === 204 || code === 205;
  const keepsAlive = context.keepsAlive && framing !== "close" && !isTunnel;
  let text = `HTTP/1.1 ${start.status}\r\n`;
  let hasDate = false;
  for (const [name, value] of start.headers) {
    if (name.length === 4 && name.toLowerCase() === "date") hasDate = true;
    if (losesLength && isContentLength(name)) continue;
    text += `${name}: ${value}\r\n`;
  }
  if (!hasDate) text += `Date: ${date}\r\n`;
  if (code === 205 && !isTunnel) text += "Content-Length: 0\r\n";
  if (framing === "chunked") text += "Transfer-Encoding: chunked\r\n";
  if (!keepsAlive) text += "Connection: close\r\n";
  else if (context.version === "1.0") text += "Connection: keep-alive\r\n";
  return { bytes: toBytes(`${text}\r\n`), framing, keepsAlive };
}

function frame(
  { code, contentLength }: ResponseStart,
  { method, version }: ResponseContext,
): BodyFraming {
  if (method === "HEAD" || (method === "CONNECT" && code < 300)) return "none";
  if (code === 204 || code === 205 || code === 304) return "none";
  if (contentLength !== undefined) return "length";
  return version === "1.1" ? "chunked" : "close";
}
