/**
 * The head of a request: its request line, its header fields, and the framing
 * of the body that they define.
 *
 * @module
 */

import { quote } from "../wsgi/describe.ts";
import { isHost } from "../wsgi/host.ts";
import { isToken, parseContentLength } from "../wsgi/http_syntax.ts";
import {
  type FieldLine,
  trimBlanks,
  type UnderstoodField,
} from "./field_line.ts";
import { RequestError } from "./request_error.ts";
import type { HttpVersion, RequestLine } from "./request_line.ts";

/** The header fields and their meaning, without the request line. */
export interface RequestFields {
  /**
   * Alternating names and values, in the order and case in which they were
   * sent; values without surrounding whitespace. Requests whose header blocks
   * are byte for byte the same may share one array.
   */
  readonly headers: readonly string[];
  /**
   * Identifies the names of the fields: if two requests have the same object
   * here, they have the same names in the same order.
   */
  readonly shape: object;
  /** The value of Host; `undefined` if an HTTP/1.0 request has none. */
  readonly host: string | undefined;
  /** The length of the body in bytes; `undefined` if it is unknown or 0. */
  readonly contentLength: number | undefined;
  /** Whether a body follows the head. */
  readonly hasBody: boolean;
  /** Whether the body is chunked. */
  readonly isChunked: boolean;
  /** Whether the client waits for `100 Continue` before it sends the body. */
  readonly expectsContinue: boolean;
  /** Whether the client may send further requests on the connection. */
  readonly keepsAlive: boolean;
}

/** The head of a request. */
export interface RequestHead extends RequestLine {
  /** The header fields. */
  readonly fields: RequestFields;
}

/** Collects the header fields of one request, line by line. */
export class FieldCollector {
  readonly #headers: string[] = [];
  #host: string | undefined;
  #contentLength: number | undefined;
  #transferEncoding: string | undefined;
  #expect: string | undefined;
  #connection: string | undefined;

  /** The number of field lines so far. */
  get count(): number {
    return this.#headers.length / 2;
  }

  /**
   * Adds a field line.
   *
   * @param line The line.
   * @throws {RequestError} If its value is malformed, or if it repeats a field
   * that must not be repeated.
   */
  add({ name, value, field }: FieldLine): void {
    this.#headers.push(name, value);
    if (field !== undefined) this.#note(field, value);
  }

  #note(field: UnderstoodField, value: string): void {
    switch (field) {
      case "host":
        if (this.#host !== undefined) {
          throw new RequestError("Host must be sent once");
        }
        if (!isHost(value)) {
          throw new RequestError(
            `Host must be a host with an optional port, got ${quote(value)}`,
          );
        }
        this.#host = value;
        break;
      case "content-length":
        if (this.#contentLength !== undefined) {
          throw new RequestError("Content-Length must be sent once");
        }
        this.#contentLength = parseContentLength(value);
        if (this.#contentLength === undefined) {
          throw new RequestError(
            `Content-Length must be digits, got ${quote(value)}`,
          );
        }
        break;
      case "transfer-encoding":
        this.#transferEncoding = joinValues(this.#transferEncoding, value);
        break;
      case "expect":
        this.#expect = joinValues(this.#expect, value);
        break;
      case "connection":
        this.#connection = joinValues(this.#connection, value);
        break;
    }
  }

  /**
   * Ends the header section.
   *
   * @param version The version of the request: Host, Expect and persistence
   * depend on it.
   * @returns The fields with their meaning.
   * @throws {RequestError} If they contradict each other or the version, or ask
   * for a transfer coding (501) or an expectation (417) that is not supported.
   */
  finish(version: HttpVersion): RequestFields {
    const isHttp11 = version === "1.1";
    // RFC 9112 section 3.2.
    if (isHttp11 && this.#host === undefined) {
      throw new RequestError("Host must be sent with HTTP/1.1");
    }
    const transferEncoding = this.#transferEncoding;
    if (transferEncoding !== undefined) {
      checkTransferEncoding(transferEncoding, version, this.#contentLength);
    }
    const connection = this.#connection?.toLowerCase();
    // A connection remembers its last head. A copy has no room to spare.
    const headers = this.#headers.slice();
    return {
      headers,
      shape: headers,
      host: this.#host,
      contentLength: this.#contentLength || undefined,
      hasBody: transferEncoding !== undefined ||
        (this.#contentLength ?? 0) > 0,
      isChunked: transferEncoding !== undefined,
      // RFC 9110 section 10.1.1: ignored in an HTTP/1.0 request.
      expectsContinue: isHttp11 && expectsContinue(this.#expect),
      keepsAlive: isHttp11
        ? !hasOption(connection, "close")
        : hasOption(connection, "keep-alive") &&
          !hasOption(connection, "close"),
    };
  }
}

/**
 * Creates a head from its parts.
 *
 * @param line The request line.
 * @param fields All header fields.
 * @returns The head.
 * @throws {RequestError} As {@linkcode FieldCollector.finish} does.
 */
export function makeHead(
  { method, target, version }: RequestLine,
  fields: FieldCollector,
): RequestHead {
  return { method, target, version, fields: fields.finish(version) };
}

function joinValues(before: string | undefined, value: string): string {
  return before === undefined ? value : `${before},${value}`;
}

/**
 * Checks the Transfer-Encoding of a request. `chunked` is the only coding that
 * this package supports, so no other may be present.
 *
 * RFC 9112 sections 6.1 and 6.3.
 *
 * @param value The value; several field lines joined with commas.
 * @param version The version of the request: `"1.1"`.
 * @param contentLength The length of the body in bytes, if the request also has
 * a Content-Length.
 * @throws {RequestError} If the value is malformed, the version is older than
 * 1.1 or there is a Content-Length (400), or if a coding is not supported
 * (501).
 */
export function checkTransferEncoding(
  value: string,
  version: string,
  contentLength: number | undefined,
): void {
  // The next two have been used for request smuggling.
  if (version === "1.0" || version === "0.9") {
    throw new RequestError(
      `Transfer-Encoding must not be sent with HTTP/${version}`,
    );
  }
  if (contentLength !== undefined) {
    throw new RequestError(
      "Content-Length must not be sent together with Transfer-Encoding",
    );
  }
  if (value.length === 7 && value.toLowerCase() === "chunked") return;
  const codings = value.split(",").map((coding) => trimBlanks(coding, 0));
  const isMalformed = codings.some((coding, index) =>
    !isToken(coding) ||
    (coding.toLowerCase() === "chunked" && index < codings.length - 1)
  );
  if (isMalformed) {
    throw new RequestError(
      `Transfer-Encoding must contain chunked once, at its end, got ${
        quote(value)
      }`,
    );
  }
  throw new RequestError(
    `transfer coding must be chunked, got ${quote(value)}`,
    501,
  );
}

/**
 * Tests whether the client waits for a 100 response before it sends the body.
 *
 * RFC 9110 section 10.1.1.
 *
 * @param expect The value of Expect; `undefined` for none.
 * @returns Whether it waits.
 * @throws {RequestError} If it expects anything else, with status 417.
 */
export function expectsContinue(expect: string | undefined): boolean {
  if (expect === undefined) return false;
  if (expect.toLowerCase() === "100-continue") return true;
  throw new RequestError(
    `Expect must be 100-continue, got ${quote(expect)}`,
    417,
  );
}

function hasOption(connection: string | undefined, option: string): boolean {
  if (connection === undefined) return false;
  if (connection === option) return true;
  return connection.includes(option) &&
    connection.split(",").some((each) => trimBlanks(each, 0) === option);
}
