/**
 * Requests that no application sees, and the checks that all gateways make.
 *
 * @module
 */

import { quote } from "../../wsgi/describe.ts";
import {
  hasBareComma,
  isAuthority,
  parseContentLength,
} from "../../wsgi/http_syntax.ts";

/** A request that the server refuses before any application sees it. */
export class BadRequest extends Error {
  /** The name of the class, as in the first line of a stack trace. */
  override readonly name = "BadRequest";
  /** The status that answers it. */
  readonly status: 400 | 413;

  /**
   * @param message What is wrong with the request.
   * @param status The status that answers it.
   */
  constructor(message: string, status: 400 | 413 = 400) {
    super(message);
    this.status = status;
  }
}

/**
 * Reads the length of the request body.
 *
 * @param value The value of Content-Length; two of them arrive as `"5, 5"`.
 * @returns The length in bytes.
 * @throws {BadRequest} If it is not one number, or too large to count with.
 */
export function readContentLength(value: string): number {
  const length = parseContentLength(value);
  if (length === undefined) {
    throw new BadRequest(`CONTENT_LENGTH must be digits, got ${quote(value)}`);
  }
  return length;
}

/**
 * Refuses a body that announces itself as too large.
 *
 * @param length What Content-Length says, in bytes; `undefined` without it.
 * @param maxSize The greatest length in bytes.
 * @throws {BadRequest} If it is greater, with status 413.
 */
export function checkBodySize(
  length: number | undefined,
  maxSize: number = Infinity,
): void {
  if (length !== undefined && length > maxSize) {
    throw new BadRequest("the request body is too large", 413);
  }
}

/**
 * Refuses a Content-Type that was joined of several.
 *
 * @param value The value; may be empty.
 * @throws {BadRequest} If it is more than one media type.
 */
export function checkContentType(value: string): void {
  if (hasBareComma(value)) {
    throw new BadRequest(
      `CONTENT_TYPE must be one media type, got ${quote(value)}`,
    );
  }
}

/**
 * Refuses a Host that is not a host.
 *
 * @param value The value of the header; may be empty.
 * @throws {BadRequest} If it is not a host with an optional port.
 */
export function checkHost(value: string): void {
  if (!isAuthority(value)) {
    throw new BadRequest(
      `HTTP_HOST must be a host with an optional port, got ${quote(value)}`,
    );
  }
}

/**
 * Refuses a fragment, which is no part of a target: RFC 9112 section 3.2.
 *
 * @param uri The raw path and query.
 * @throws {BadRequest} If it has a fragment.
 */
export function checkFragment(uri: string): void {
  if (uri.includes("#")) {
    throw new BadRequest(`REQUEST_URI must have no "#", got ${quote(uri)}`);
  }
}
