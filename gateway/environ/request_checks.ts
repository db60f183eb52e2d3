/**
 * The checks that every gateway makes of a request, so that no application sees
 * one that is malformed. `http1/` has those of the target and of the framing.
 *
 * @module
 */

import { RequestError } from "../../http1/request_error.ts";
import { quote } from "../../wsgi/describe.ts";
import { isHost } from "../../wsgi/host.ts";
import { hasBareComma, parseContentLength } from "../../wsgi/http_syntax.ts";

/**
 * Reads the length of the request body.
 *
 * @param value The value of Content-Length; two of them arrive as `"5, 5"`.
 * @returns The length in bytes.
 * @throws {RequestError} If it is not one number, or too large to count with.
 */
export function readContentLength(value: string): number {
  const length = parseContentLength(value);
  if (length === undefined) {
    throw new RequestError(
      `CONTENT_LENGTH must be digits, got ${quote(value)}`,
    );
  }
  return length;
}

/**
 * Refuses a body that announces itself as too large.
 *
 * @param length What Content-Length says, in bytes; `undefined` without it.
 * @param maxSize The greatest length in bytes.
 * @throws {RequestError} If it is greater, with status 413.
 */
export function checkBodySize(
  length: number | undefined,
  maxSize: number = Infinity,
): void {
  if (length !== undefined && length > maxSize) {
    throw new RequestError("the request body is too large", 413);
  }
}

/**
 * Refuses a Content-Type that was joined of several.
 *
 * @param value The value; may be empty.
 * @throws {RequestError} If it is more than one media type.
 */
export function checkContentType(value: string): void {
  if (hasBareComma(value)) {
    throw new RequestError(
      `CONTENT_TYPE must be one media type, got ${quote(value)}`,
    );
  }
}

/**
 * Refuses a Host that is not a host.
 *
 * @param value The value of the header; may be empty.
 * @throws {RequestError} If it is not a host with an optional port.
 */
export function checkHost(value: string): void {
  if (!isHost(value)) {
    throw new RequestError(
      `HTTP_HOST must be a host with an optional port, got ${quote(value)}`,
    );
  }
}

/**
 * Refuses a fragment, which is no part of a target: RFC 9112 section 3.2.
 *
 * @param uri The raw path and query.
 * @throws {RequestError} If it has a fragment.
 */
export function checkFragment(uri: string): void {
  if (uri.includes("#")) {
    throw new RequestError(`REQUEST_URI must have no "#", got ${quote(uri)}`);
  }
}
