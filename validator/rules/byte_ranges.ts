/**
 * Ranges of bytes: the Range of a request, the Content-Range of a response, and
 * whether they match (RFC 9110, section 14).
 *
 * @module
 */

import { KNOWN } from "../views/known_headers.ts";
import { findField, type ResponseView } from "../views/response_view.ts";

/** A parsed Content-Range of bytes; -1 for a number that it leaves out. */
export interface ByteRange {
  /** The position of the first byte. */
  readonly first: number;
  /** The position of the last byte. */
  readonly last: number;
  /** The size of the whole content. */
  readonly size: number;
}

const BYTE_RANGE = /^bytes (?:(\d{1,15})-(\d{1,15})|\*)\/(\d{1,15}|\*)$/i;

/**
 * Parses the value of Content-Range.
 *
 * @param value The value of the header.
 * @returns The range; `undefined` if it has another form or another unit.
 */
export function parseContentRange(value: string): ByteRange | undefined {
  const match = BYTE_RANGE.exec(value.trim());
  if (match === null) return undefined;
  const [, first = "-1", last = "-1", size = "*"] = match;
  return {
    first: Number(first),
    last: Number(last),
    size: size === "*" ? -1 : Number(size),
  };
}

function partOf(response: ResponseView): ByteRange | undefined {
  const field = findField(response, KNOWN.contentRange);
  return field && parseContentRange(field.value);
}

/**
 * Returns whether a response has several parts, each with its own Content-Range.
 *
 * @param response The response, whose Content-Type says so.
 */
export function isByteRanges(response: ResponseView): boolean {
  const field = findField(response, KNOWN.contentType);
  return field !== undefined && /^multipart\/byteranges\b/i.test(field.value);
}

/**
 * Returns the number of bytes of a part according to its Content-Range.
 *
 * @param response The response with the part.
 * @returns The length; `undefined` if it is not a single part, or its
 * Content-Range is malformed.
 */
export function partLength(response: ResponseView): number | undefined {
  if (response.code !== 206 || isByteRanges(response)) return undefined;
  const range = partOf(response);
  return range === undefined || range.first === -1 || range.last < range.first
    ? undefined
    : range.last - range.first + 1;
}

/** Parses a Range of bytes; -1 for a position that it leaves out. */
function parseAsked(asked: string): Array<readonly [number, number]> {
  const specs = /^bytes=(.+)$/i.exec(asked.trim())?.[1]?.split(",") ?? [];
  const ranges = specs.map((spec) => {
    const match = /^(\d{0,15})-(\d{0,15})$/.exec(spec.trim());
    return match === null || match[0] === "-" ? undefined : [
      match[1] === "" ? -1 : Number(match[1]),
      match[2] === "" ? -1 : Number(match[2]),
    ] as const;
  });
  // Servers ignore a Range that they cannot parse, each in its own way.
  return ranges.includes(undefined)
    ? []
    : ranges.filter((one) => one !== undefined);
}

/**
 * Checks whether a part overlaps one of the requested ranges.
 *
 * @param response The response with the part.
 * @param asked The value of the header Range.
 * @returns Whether it does, or cannot be compared.
 */
export function overlapsRange(response: ResponseView, asked: string): boolean {
  const part = partOf(response);
  const ranges = parseAsked(asked);
  if (part === undefined || part.first === -1 || ranges.length === 0) {
    return true;
  }
  const { first, last, size } = part;
  return ranges.some(([from, to]) => {
    if (from === -1) return size === -1 || last >= size - to;
    return last >= from && (to === -1 || first <= to);
  });
}

/**
 * Checks whether a single requested range is a part of the content.
 *
 * @param response The response, whose Content-Range has the size.
 * @param asked The value of the header Range.
 * @returns Whether it certainly is. A server may refuse several ranges.
 */
export function satisfiesRange(response: ResponseView, asked: string): boolean {
  const size = partOf(response)?.size ?? -1;
  const [range, ...more] = parseAsked(asked);
  if (range === undefined || more.length > 0 || size <= 0) return false;
  const [from, to] = range;
  return from === -1 ? to > 0 : from < size && (to === -1 || to >= from);
}
