/**
 * Checks of requests that all gateways share, so that no malformed request
 * reaches an application. `http1/` checks the target and the framing.
 *
 * @module
 */

import { RequestError } from "../../http1/request_error.ts";
import { quote } from "../../wsgi/describe.ts";
import { isHost } from "../../wsgi/host.ts";
import { hasBareComma, parseContentLength } from "../../wsgi/http_syntax.ts";

/**
 * Parses the length of the request body.
 *
 * @param value The value of Content-Length; two headers arrive as `"5, 5"`.
 * @returns The length in bytes.
 * @throws {RequestError} If it is not a single number, or exceeds the safe
 * integers.
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
 * Throws if the announced length of a body is too large.
 *
 * @param length The Content-Length in bytes; `undefined` without one.
 * @param maxSize The maximum length in bytes.
 * @throws {RequestError} With status 413 if the length is greater.
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
 * Throws for a Content-Type that was joined from several.
 *
 * @param value The value, which may be empty.
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
 * Throws for a malformed Host.
 *
 * @param value The value of the header, which may be empty.
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
 * Throws for a fragment, which a target must not have: RFC 9112 section 3.2.
 *
 * @param uri The raw path and query.
 * @throws {RequestError} If it has a fragment.
 */
export function checkFragment(uri: string): void {
  if (uri.includes("#")) {
    throw new RequestError(`REQUEST_URI must have no "#", got ${quote(uri)}`);
  }
}
