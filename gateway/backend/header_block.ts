/**
 * A backend is an application server behind a web server, such as nginx, Apache
 * or lighttpd, that speaks SCGI or uwsgi to it instead of HTTP. The web server
 * opens a connection for each request and sends the variables of CGI as a
 * header block, then the request body. The response has the format of a CGI
 * response. The listeners are in `server/`.
 *
 * This file parses the header blocks of both protocols.
 *
 * @module
 */

import { RequestError } from "../../http1/request_error.ts";
import { fromBytes } from "../../wsgi/byte_string.ts";
import { quote } from "../../wsgi/describe.ts";
import { isDigits } from "../../wsgi/http_syntax.ts";

/** One variable: its name and value as ByteStrings. */
export type Variable = readonly [name: string, value: string];

/** A header block that has arrived. */
export interface HeaderBlock {
  /** The variables, in the order in which they arrived. */
  readonly variables: readonly Variable[];
  /** How many bytes it takes up, framing included. */
  readonly size: number;
}

/**
 * Parses the header block of one request.
 *
 * @param bytes The bytes received on the connection so far.
 * @returns The block, or `undefined` if its end has not arrived.
 * @throws {RequestError} If it is malformed. Such a request gets no response.
 */
export type ParseBlock = (bytes: Uint8Array) => HeaderBlock | undefined;

/**
 * Creates the error for a connection that does not begin with a header block.
 *
 * @param problem The problem, as the end of a sentence.
 * @returns The error.
 */
export function malformedBlock(problem: string): RequestError {
  return new RequestError(`Cannot read the header block: ${problem}`);
}

/** The longest block in bytes: the maximum of uwsgi. */
const MAX_SCGI_LENGTH = 65_535;
const MAX_DIGITS = 5;

const COLON = 0x3a;
const COMMA = 0x2c;

/** Parses the digits before the colon of a netstring. */
function parseNetstringLength(bytes: Uint8Array): number | undefined {
  const colon = bytes.indexOf(COLON);
  const end = colon === -1 ? bytes.length : colon;
  const digits = fromBytes(bytes.subarray(0, Math.min(end, MAX_DIGITS + 1)));
  if (end > 0 ? !isDigits(digits) || /^0./.test(digits) : colon === 0) {
    throw malformedBlock(
      `it must begin with its length in digits, got ${quote(digits)}`,
    );
  }
  if (Number(digits) > MAX_SCGI_LENGTH) {
    throw malformedBlock(
      `it must have at most ${MAX_SCGI_LENGTH} bytes, got ${digits} or more`,
    );
  }
  return colon === -1 ? undefined : Number(digits);
}

/**
 * Parses a netstring of names and values, each followed by a NUL. The first
 * name must be CONTENT_LENGTH. `SCGI` may be missing, because nginx sends only
 * the variables of its configuration.
 *
 * The SCGI protocol, 2008-06-23.
 *
 * @param bytes The bytes received on the connection so far.
 * @returns The block, or `undefined` if its end has not arrived.
 * @throws {RequestError} If it is malformed.
 */
export function parseScgiBlock(bytes: Uint8Array): HeaderBlock | undefined {
  const length = parseNetstringLength(bytes);
  if (length === undefined) return undefined;
  const start = bytes.indexOf(COLON) + 1;
  const end = start + length;
  if (bytes.length <= end) return undefined;
  if (bytes[end] !== COMMA) {
    throw malformedBlock("it must have a comma at its end");
  }
  const fields = fromBytes(bytes.subarray(start, end)).split("\0");
  // The last NUL must end the block, so the last piece is empty.
  if (fields.pop() !== "" || fields.length % 2 !== 0) {
    throw malformedBlock("it must be pairs of strings, each followed by a NUL");
  }
  const variables: Variable[] = [];
  for (let i = 0; i < fields.length; i += 2) {
    variables.push([fields[i] ?? "", fields[i + 1] ?? ""]);
  }
  const [first] = variables;
  if (first?.[0] !== "CONTENT_LENGTH" || !isDigits(first[1])) {
    throw malformedBlock(
      "its first variable must be CONTENT_LENGTH with digits",
    );
  }
  return { variables, size: end + 1 };
}

/** Reads strings from a block, each preceded by a 16-bit length. */
class Strings {
  readonly #view: DataView;
  readonly #block: Uint8Array;
  #offset = 0;

  constructor(block: Uint8Array) {
    this.#block = block;
    this.#view = new DataView(block.buffer, block.byteOffset, block.length);
  }

  get isEmpty(): boolean {
    return this.#offset === this.#block.length;
  }

  next(): string {
    const start = this.#offset + 2;
    const end = start <= this.#block.length
      ? start + this.#view.getUint16(this.#offset, true)
      : Infinity;
    if (end > this.#block.length) {
      throw malformedBlock("a string must not be longer than the block");
    }
    this.#offset = end;
    return fromBytes(this.#block.subarray(start, end));
  }
}

/**
 * Parses four bytes (a modifier, the size and another modifier), then names and
 * values, each preceded by its size. The first modifier must be 0, for a WSGI
 * request. The second one is ignored.
 *
 * The uwsgi protocol, 0.1.
 *
 * @param bytes The bytes received on the connection so far.
 * @returns The block, or `undefined` if its end has not arrived.
 * @throws {RequestError} If it is malformed.
 */
export function parseUwsgiBlock(bytes: Uint8Array): HeaderBlock | undefined {
  const [modifier, low, high, second] = bytes;
  if (modifier !== undefined && modifier !== 0) {
    throw malformedBlock(`its modifier1 must be 0, got ${modifier}`);
  }
  if (low === undefined || high === undefined || second === undefined) {
    return undefined;
  }
  const size = 4 + low + high * 256;
  if (bytes.length < size) return undefined;
  const strings = new Strings(bytes.subarray(4, size));
  const variables: Variable[] = [];
  while (!strings.isEmpty) variables.push([strings.next(), strings.next()]);
  if (variables.some((variable) => variable.join("").includes("\0"))) {
    throw malformedBlock("a string must not have a NUL");
  }
  return { variables, size };
}
