/**
 * One field line of a header or trailer section.
 *
 * @module
 */

import { quote } from "../wsgi/describe.ts";
import { isToken } from "../wsgi/http_syntax.ts";
import { RequestError } from "./request_error.ts";

/** The maximum number of field lines of a head or a trailer section. */
export const MAX_FIELD_LINES = 200;

/** The fields that this layer interprets, in lower case. */
const UNDERSTOOD = [
  "host",
  "content-length",
  "transfer-encoding",
  "expect",
  "connection",
] as const;

/** The name of a field that this layer interprets, in lower case. */
export type UnderstoodField = (typeof UNDERSTOOD)[number];

/** A parsed field line. */
export interface FieldLine {
  /** The name in the case in which it was sent. */
  readonly name: string;
  /** The value without surrounding whitespace. */
  readonly value: string;
  /** The field, if this layer interprets it. */
  readonly field: UnderstoodField | undefined;
}

/**
 * Parses a field line.
 *
 * RFC 9112 section 5; RFC 9110 sections 5.1 and 5.5.
 *
 * @param line The line without its CRLF, free of control characters.
 * @returns Its parts.
 * @throws {RequestError} If it is malformed.
 */
export function parseFieldLine(line: string): FieldLine {
  const colon = line.indexOf(":");
  if (colon <= 0) {
    throw new RequestError(
      line.startsWith(" ") || line.startsWith("\t")
        ? "field lines must not be folded"
        : "field line must be a name, a colon and a value",
    );
  }
  const name = line.slice(0, colon);
  if (!isToken(name)) {
    throw new RequestError(`field name must be a token, got ${quote(name)}`);
  }
  return { name, value: trimBlanks(line, colon + 1), field: understand(name) };
}

/**
 * Tests whether this layer interprets a field.
 *
 * @param name The name of the field, in any case.
 * @returns Whether its value has a meaning for the framing or the connection.
 */
export function isUnderstood(name: string): boolean {
  return understand(name) !== undefined;
}

function understand(name: string): UnderstoodField | undefined {
  // No two of them have the same length.
  const field = UNDERSTOOD.find(({ length }) => length === name.length);
  return field !== undefined && name.toLowerCase() === field
    ? field
    : undefined;
}

/**
 * Removes whitespace from both ends of a value.
 *
 * RFC 9110 section 5.6.3: optional whitespace is SP and HTAB only.
 *
 * @param text The text that ends with the value.
 * @param from The index at which the value begins.
 * @returns The value without surrounding whitespace.
 */
export function trimBlanks(text: string, from: number): string {
  let start = from;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isBlank(unit: number): boolean {
  return unit === 0x20 || unit === 0x09;
}
