/**
 * Parses the date in the `Expires` attribute of a cookie.
 *
 * @module
 */

/** RFC 6265 section 5.1.1, `delimiter`. */
const DELIMITERS = /[\t\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]+/;
const TIME = /^([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?![0-9])/;
const DAY = /^([0-9]{1,2})(?![0-9])/;
const MONTH = /^(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)/i;
const YEAR = /^([0-9]{2,4})(?![0-9])/;
const MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec";

/** The parts of a date that were found. */
interface DateParts {
  time?: RegExpExecArray;
  day?: RegExpExecArray;
  month?: RegExpExecArray;
  year?: RegExpExecArray;
}

const PRODUCTIONS: readonly [keyof DateParts, RegExp][] = [
  ["time", TIME],
  ["day", DAY],
  ["month", MONTH],
  ["year", YEAR],
];

/** Assigns each token to the first missing part that it matches. */
function findParts(text: string): DateParts {
  const parts: DateParts = {};
  for (const token of text.split(DELIMITERS)) {
    for (const [name, production] of PRODUCTIONS) {
      if (parts[name] !== undefined) continue;
      const match = production.exec(token);
      if (match === null) continue;
      parts[name] = match;
      break;
    }
  }
  return parts;
}

/**
 * Parses the date of a cookie with the algorithm of the RFC. It accepts dates
 * that `Date.parse()` rejects, and rejects plain numbers, which `Date.parse()`
 * accepts.
 *
 * RFC 6265 section 5.1.1.
 *
 * @param text The value of the attribute `Expires`.
 * @returns Milliseconds since the epoch; `undefined` if it is not a date.
 */
export function parseCookieDate(text: string): number | undefined {
  const { time, day, month, year } = findParts(text);
  if (!time || !day || !month || !year) return undefined;
  const [hours, minutes, seconds] = time.slice(1).map(Number) as [
    number,
    number,
    number,
  ];
  const date = Number(day[1]);
  const monthIndex = MONTHS.indexOf(month[0].toLowerCase()) / 3;
  let fullYear = Number(year[1]);
  if (fullYear >= 70 && fullYear <= 99) fullYear += 1900;
  else if (fullYear <= 69) fullYear += 2000;
  if (fullYear < 1601 || hours > 23 || minutes > 59 || seconds > 59) {
    return undefined;
  }
  const result = Date.UTC(fullYear, monthIndex, date, hours, minutes, seconds);
  // Date.UTC() turns February 30 into a day in March.
  return new Date(result).getUTCDate() === date ? result : undefined;
}
