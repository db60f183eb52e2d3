/**
 * `CONTENT_LENGTH` and `CONTENT_TYPE`, about which there must be no doubt.
 *
 * @module
 */

import { hasBareComma, parseContentLength } from "../../wsgi/http_syntax.ts";
import { BadRequest } from "./request_target.ts";

/**
 * Gives `CONTENT_LENGTH` in its shortest form.
 *
 * @param value The value of the header; two of them arrive as `"5, 5"`.
 * @returns The digits.
 * @throws {BadRequest} If it is no single number, or too large a one.
 */
export function contentLengthFrom(value: string): string {
  const length = parseContentLength(value);
  if (length === undefined) throw new BadRequest("invalid Content-Length");
  return String(length);
}

/**
 * Refuses a body that is too large by its own account.
 *
 * @param length What Content-Length says, in bytes; nothing if there is none.
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
 * Gives `CONTENT_TYPE`.
 *
 * @param value The value of the header.
 * @returns The same.
 * @throws {BadRequest} If it is more than one media type.
 */
export function contentTypeFrom(value: string): string {
  if (hasBareComma(value)) throw new BadRequest("more than one Content-Type");
  return value;
}
