/**
 * {@linkcode formatDateTime}: a date as HTTP writes it.
 *
 * @module
 */

import { describe } from "./describe.ts";

/** The first moments of the years 0 and 10000. */
const FIRST = Date.UTC(-1, 12);
const END = Date.UTC(10_000);

/**
 * Formats a moment for a header such as `Date`, `Expires` or `Last-Modified`:
 * in English, in UTC, to the second.
 *
 * Python's `wsgiref.handlers.format_date_time`, which counts in seconds.
 *
 * RFC 9110 section 5.6.7: IMF-fixdate.
 *
 * @param time A `Date`, or milliseconds since 1970, as `Date.now()` gives them.
 * @returns The date.
 * @throws {RangeError} If the date is invalid or its year has not four digits.
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
  if (!(moment >= FIRST && moment < END)) {
    const got = time instanceof Date ? String(moment) : describe(time);
    throw new RangeError(
      `Cannot format the date: it must be in the years 0 to 9999, got ${got}`,
    );
  }
  return new Date(moment).toUTCString();
}
