/**
 * Formats the record of a finished request as a line of an access log.
 *
 * @module
 */

import type { AccessRecord } from "./access_record.ts";

const MONTHS = [
  "Jan",
  "Feb",
  "Mar",
  "Apr",
  "May",
  "Jun",
  "Jul",
  "Aug",
  "Sep",
  "Oct",
  "Nov",
  "Dec",
];

// deno-lint-ignore no-control-regex -- the pattern looks for control characters
const UNSAFE = /["\\\x00-\x1f\x7f-\uffff]/g;

function escapeUnsafe(char: string): string {
  if (char === '"' || char === "\\") return `\\${char}`;
  const code = char.charCodeAt(0);
  return code > 0xff
    ? `\\u${code.toString(16).padStart(4, "0")}`
    : `\\x${code.toString(16).padStart(2, "0")}`;
}

/**
 * Escapes characters that could end a quoted field or the line, because clients
 * choose the content.
 */
function escapeField(text: string): string {
  return text.replace(UNSAFE, escapeUnsafe);
}

function twoDigits(number: number): string {
  return String(number).padStart(2, "0");
}

/**
 * The last time that was formatted, kept because many requests end in the same
 * second.
 */
let lastSecond = NaN;
let lastTime = "";

function formatTime(time: Date): string {
  const second = Math.floor(time.getTime() / 1_000);
  if (second === lastSecond) return lastTime;
  const day = twoDigits(time.getUTCDate());
  const month = MONTHS[time.getUTCMonth()] ?? "";
  const clock = [
    time.getUTCHours(),
    time.getUTCMinutes(),
    time.getUTCSeconds(),
  ].map(twoDigits).join(":");
  lastSecond = second;
  return lastTime = `${day}/${month}/${time.getUTCFullYear()}:${clock} +0000`;
}

/**
 * Formats an unquoted field: `-` if it is empty, and with its spaces escaped.
 */
function bare(text: string | undefined): string {
  return text === undefined || text === ""
    ? "-"
    : escapeField(text).replaceAll(" ", "\\x20");
}

function quoted(text: string | undefined): string {
  return `"${text === undefined ? "-" : escapeField(text)}"`;
}

/** Returns the text that is added to the line of an incomplete response. */
function endingOf({ clientLeft, failure }: AccessRecord): string {
  if (clientLeft) return " client left";
  return failure === undefined ? "" : ` cut off ${quoted(failure)}`;
}

/**
 * Formats a record in Common Log Format, with the time in UTC. If the response
 * is incomplete, `client left` or `cut off "reason"` is appended.
 *
 * @param record The record of a finished request.
 * @returns One line without a line feed. Values from the client are escaped.
 *
 * @example Usage
 * ```ts
 * import { formatCommon } from "@wsgi/ref/access-log";
 * import { assertEquals } from "@std/assert";
 *
 * const record = {
 *   time: new Date("2026-11-20T12:00:00Z"),
 *   remoteAddress: "127.0.0.1",
 *   remoteUser: undefined,
 *   method: "GET",
 *   target: "/",
 *   protocol: "HTTP/1.1",
 *   status: 200,
 *   bytesSent: 13,
 *   duration: 1.5,
 *   clientLeft: false,
 *   referer: undefined,
 *   userAgent: "curl/7.88.1",
 * };
 * assertEquals(
 *   formatCommon(record),
 *   '127.0.0.1 - - [20/Nov/2026:12:00:00 +0000] "GET / HTTP/1.1" 200 13',
 * );
 * ```
 */
export function formatCommon(record: AccessRecord): string {
  return `${formatLine(record)}${endingOf(record)}`;
}

function formatLine(record: AccessRecord): string {
  const { method, target, protocol } = record;
  return [
    bare(record.remoteAddress),
    "-",
    bare(record.remoteUser),
    `[${formatTime(record.time)}]`,
    quoted(`${method} ${target} ${protocol}`),
    record.status === 0 ? "-" : record.status,
    record.bytesSent === 0 ? "-" : record.bytesSent,
  ].join(" ");
}

/**
 * Formats a record in Combined Log Format: the common format, followed by
 * `Referer` and `User-Agent`.
 *
 * @param record The record of a finished request.
 * @returns One line without a line feed. Values from the client are escaped.
 *
 * @example Usage
 * ```ts
 * import { formatCombined } from "@wsgi/ref/access-log";
 * import { assertMatch } from "@std/assert";
 *
 * const record = {
 *   time: new Date("2026-11-20T12:00:00Z"),
 *   remoteAddress: "127.0.0.1",
 *   remoteUser: undefined,
 *   method: "GET",
 *   target: "/",
 *   protocol: "HTTP/1.1",
 *   status: 200,
 *   bytesSent: 13,
 *   duration: 1.5,
 *   clientLeft: false,
 *   referer: undefined,
 *   userAgent: "curl/7.88.1",
 * };
 * assertMatch(formatCombined(record), / 200 13 "-" "curl\/7\.88\.1"$/);
 * ```
 */
export function formatCombined(record: AccessRecord): string {
  const { referer, userAgent } = record;
  return `${formatLine(record)} ${quoted(referer)} ${quoted(userAgent)}${
    endingOf(record)
  }`;
}
