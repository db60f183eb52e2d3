/**
 * HTTP syntax that several parts of the package read or write.
 *
 * @module
 */

import { describe } from "./describe.ts";

/**
 * The pattern of a token, for use in larger patterns.
 *
 * RFC 9110 section 5.6.2.
 */
export const TOKEN_PATTERN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";

const TOKEN = new RegExp(`^${TOKEN_PATTERN}$`);
const DIGITS = /^[0-9]+$/;

const HOP_BY_HOP: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "trailers",
  "transfer-encoding",
  "upgrade",
]);

/** The first moments of the years 0 and 10000. */
const FIRST_DATE = Date.UTC(-1, 12);
const DATE_END = Date.UTC(10_000);

/**
 * Returns whether a string is a token: a method, a header name, a charset.
 *
 * RFC 9110 section 5.6.2.
 *
 * @param value The string to test.
 * @returns Whether it is one or more of the characters of a token.
 */
export function isToken(value: string): boolean {
  return TOKEN.test(value);
}

/**
 * Returns whether a string consists of digits, like a length in bytes.
 *
 * RFC 9110 section 8.6.
 *
 * @param value The string to test.
 * @returns Whether it is one or more ASCII digits.
 */
export function isDigits(value: string): boolean {
  return DIGITS.test(value);
}

/** Comparing the length first avoids converting most names to lower case. */
const CONTENT_LENGTH = "content-length";

/**
 * Returns whether a header is Content-Length.
 *
 * @param name The name of the header, in any case.
 * @returns Whether the name is Content-Length.
 */
export function isContentLength(name: string): boolean {
  return name.length === CONTENT_LENGTH.length &&
    name.toLowerCase() === CONTENT_LENGTH;
}

/**
 * Parses the value of a Content-Length.
 *
 * RFC 9110 section 8.6.
 *
 * @param value The value; two headers arrive joined, as `"5, 5"`.
 * @returns The length in bytes, or `undefined` if the value is not a single
 * number, or too large to be exact.
 */
export function parseContentLength(value: string): number | undefined {
  if (!DIGITS.test(value)) return undefined;
  const length = Number(value);
  return Number.isSafeInteger(length) ? length : undefined;
}

/** The last authority that was split: most requests name the same host. */
let lastSplit: {
  readonly authority: string;
  readonly scheme: string;
  readonly parts: readonly [host: string, port: string];
} = { authority: "", scheme: "http", parts: ["localhost", "80"] };

/**
 * Splits an authority into host and port.
 *
 * @param authority A valid authority: `"example.com"`, `"[::1]:8000"`.
 * @param scheme The scheme whose port is the default.
 * @returns The host, in brackets if it is an IPv6 address, and the port;
 * `undefined` if the port is not from 1 to 65535.
 */
export function splitAuthority(
  authority: string,
  scheme: string,
): readonly [host: string, port: string] | undefined {
  if (authority === lastSplit.authority && scheme === lastSplit.scheme) {
    return lastSplit.parts;
  }
  const colon = authority.lastIndexOf(":");
  const hasPort = colon !== -1 && colon > authority.lastIndexOf("]");
  const host = hasPort ? authority.slice(0, colon) : authority;
  const digits = hasPort ? authority.slice(colon + 1) : "";
  // RFC 3986 section 3.2.3: a colon may be followed by no port.
  const port = digits === "" ? (scheme === "https" ? 443 : 80) : Number(digits);
  if (port < 1 || port > 65535) return undefined;
  const parts = [host || "localhost", String(port)] as const;
  lastSplit = { authority, scheme, parts };
  return parts;
}

/**
 * Returns whether a header value has a comma outside quoted strings, which
 * means that several values were joined. An unterminated quoted string does not
 * count.
 *
 * It scans the value once. A regular expression would take seconds for a value
 * with thousands of quotes.
 *
 * RFC 9110 sections 5.3 and 5.6.4.
 *
 * @param value The value of the header.
 * @returns Whether there is such a comma.
 */
export function hasBareComma(value: string): boolean {
  if (!value.includes(",")) return false;
  let isQuoted = false;
  let hasQuotedComma = false;
  for (let i = 0; i < value.length; i++) {
    const char = value[i];
    if (char === '"') {
      isQuoted = !isQuoted;
      hasQuotedComma = false;
    } else if (char === "\\" && isQuoted) {
      i++;
      hasQuotedComma ||= value[i] === ",";
    } else if (char === ",") {
      if (!isQuoted) return true;
      hasQuotedComma = true;
    }
  }
  return isQuoted && hasQuotedComma;
}

/**
 * Returns whether a header is hop-by-hop: it describes one connection, not the
 * response, and therefore belongs to the server.
 *
 * The list has the eight names of Python's wsgiref and two that Python lacks:
 * `Trailer`, the actual name of the field, and `Proxy-Connection`.
 *
 * RFC 9110 section 7.6.1; PEP 3333, "Other HTTP Features".
 *
 * @param name The name of the header, in any case.
 * @returns Whether the header is hop-by-hop.
 *
 * @example Usage
 * ```ts
 * import { isHopByHop } from "@wsgi/ref";
 * import { assert, assertFalse } from "@std/assert";
 *
 * assert(isHopByHop("Transfer-Encoding"));
 * assertFalse(isHopByHop("Content-Type"));
 * ```
 */
export function isHopByHop(name: string): boolean {
  return HOP_BY_HOP.has(name.toLowerCase());
}

/**
 * Formats a time for a header such as `Date`, `Expires` or `Last-Modified`: in
 * English, in UTC, to the second.
 *
 * Corresponds to Python's `wsgiref.handlers.format_date_time`, which counts in
 * seconds.
 *
 * RFC 9110 section 5.6.7: IMF-fixdate.
 *
 * @param time A `Date`, or milliseconds since 1970, as `Date.now()` returns.
 * @returns The date.
 * @throws {RangeError} If the date is invalid or its year does not have four
 * digits.
 *
 * @example Usage
 * ```ts
 * import { formatDateTime } from "@wsgi/ref";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(
 *   formatDateTime(new Date("2006-06-05T18:49:54Z")),
 *   "Mon, 05 Jun 2006 18:49:54 GMT",
 * );
 * assertEquals(formatDateTime(0), "Thu, 01 Jan 1970 00:00:00 GMT");
 * ```
 */
export function formatDateTime(time: Date | number): string {
  const moment = Number(time);
  if (!(moment >= FIRST_DATE && moment < DATE_END)) {
    const got = time instanceof Date ? String(moment) : describe(time);
    throw new RangeError(
      `Cannot format the date: it must be in the years 0 to 9999, got ${got}`,
    );
  }
  return new Date(moment).toUTCString();
}
