/**
 * {@linkcode ResponseEncoder}: encodes HTTP/1.1 responses, without I/O.
 *
 * @module
 */

import { toBytes } from "../wsgi/byte_string.ts";
import { formatDateTime, isContentLength } from "../wsgi/http_syntax.ts";
import { hasNoBody, isTunnel } from "../wsgi/status.ts";
import type { HeaderTuple } from "../wsgi/types.ts";

/** The checked status and headers of a response. */
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

/** The facts that determine the framing of a response. */
export interface ResponseContext {
  /** The method of the request; `undefined` if it could not be read. */
  readonly method: string | undefined;
  /** The version of the request. */
  readonly version: "1.0" | "1.1";
  /** Whether the connection may carry a further request. */
  readonly keepsAlive: boolean;
}

/** The ways to mark the end of a body. */
export type BodyFraming =
  /** There is no body. */
  | "none"
  /** The body has the length of Content-Length. */
  | "length"
  /** The last chunk is empty. */
  | "chunked"
  /** The end of the connection ends the body. */
  | "close";

/** The encoded head of a response, and its consequences. */
export interface EncodedHead {
  /** The bytes; shared between responses, so they must not be changed. */
  readonly bytes: Uint8Array;
  /** How the end of the body is marked. */
  readonly framing: BodyFraming;
  /** Whether the connection may carry a further request. */
  readonly keepsAlive: boolean;
}

const encoder = new TextEncoder();

/** The bytes after the data of a chunk. */
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

/** The last size line: most chunks have the same size as the one before. */
let lastSize = -1;
let lastSizeLine = new Uint8Array();

/** Encodes response heads. It remembers the last one. */
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
   * Status and headers stay as given. Date is added unless present, and
   * `Transfer-Encoding` or `Connection` if the framing of the body needs them.
   * Content-Length is removed from a 204 and from a 2xx to CONNECT, and is 0 in
   * a 205.
   *
   * RFC 9112 sections 4, 6.3 and 9.3; RFC 9110 sections 6.6.1, 8.6, 9.3.6
   * and 15.3.6.
   *
   * @param start The start of the response. It must not change afterwards.
   * @param context The facts about the request and the connection.
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
    // Only HEAD and CONNECT affect the framing.
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
  return last === start ||
    (last !== undefined && isSameStart(last, start.status, start.headers));
}

/**
 * Tests whether status and headers are the same as in an earlier response.
 *
 * @param last The start of the earlier response.
 * @param status The status; any value.
 * @param headers The headers; any value.
 * @returns Whether they have the same strings in the same order.
 */
export function isSameStart(
  last: ResponseStart,
  status: unknown,
  headers: unknown,
): boolean {
  if (status !== last.status || !Array.isArray(headers)) return false;
  if (headers.length !== last.headers.length) return false;
  for (let i = 0; i < headers.length; i++) {
    const entry: unknown = headers[i];
    const known = last.headers[i];
    if (
      !Array.isArray(entry) || entry.length !== 2 ||
      entry[0] !== known?.[0] || entry[1] !== known?.[1]
    ) return false;
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
  const opensTunnel = isTunnel(context.method, code);
  // RFC 9110 sections 8.6 and 9.3.6: the first two must not have one. In a 205,
  // it is 0.
  const losesLength = opensTunnel || code === 204 || code === 205;
  const keepsAlive = context.keepsAlive && framing !== "close" && !opensTunnel;
  let text = `HTTP/1.1 ${start.status}\r\n`;
  let hasDate = false;
  for (const [name, value] of start.headers) {
    if (name.length === 4 && name.toLowerCase() === "date") hasDate = true;
    if (losesLength && isContentLength(name)) continue;
    text += `${name}: ${value}\r\n`;
  }
  if (!hasDate) text += `Date: ${date}\r\n`;
  if (code === 205 && !opensTunnel) text += "Content-Length: 0\r\n";
  if (framing === "chunked") text += "Transfer-Encoding: chunked\r\n";
  if (!keepsAlive) text += "Connection: close\r\n";
  else if (context.version === "1.0") text += "Connection: keep-alive\r\n";
  return { bytes: toBytes(`${text}\r\n`), framing, keepsAlive };
}

function frame(
  { code, contentLength }: ResponseStart,
  { method, version }: ResponseContext,
): BodyFraming {
  if (method === "HEAD" || hasNoBody(code) || isTunnel(method, code)) {
    return "none";
  }
  if (contentLength !== undefined) return "length";
  return version === "1.1" ? "chunked" : "close";
}
