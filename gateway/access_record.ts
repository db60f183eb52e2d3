/**
 * The record of a finished request: its fields, how it is formatted as a log
 * line, and how it is passed to an access logger.
 *
 * @module
 */

import { describe, isThenable } from "../wsgi/describe.ts";
import type { ErrorStream } from "../wsgi/types.ts";
import { formatError } from "./error_response.ts";

/** One finished request. */
export interface AccessRecord {
  /** When the request arrived. */
  readonly time: Date;
  /** The address of the client, `undefined` on a Unix socket. */
  readonly remoteAddress: string | undefined;
  /** The user, if a server in front has authenticated one. */
  readonly remoteUser: string | undefined;
  /** The method, such as `"GET"`. */
  readonly method: string;
  /**
   * The target as it was sent: the raw path and query, or a whole URL, whose
   * authority may differ from the Host header.
   */
  readonly target: string;
  /** The protocol, such as `"HTTP/1.1"`. */
  readonly protocol: string;
  /**
   * The status code of the response; 0 if the client left before a response was
   * started.
   */
  readonly status: number;
  /** How many bytes of the response body were passed on for sending. */
  readonly bytesSent: number;
  /** How long the request took, in milliseconds. */
  readonly duration: number;
  /** Whether the client left before the response was complete. */
  readonly clientLeft: boolean;
  /**
   * Why the response was cut off, such as `"RangeError: no more rows"`. Absent
   * if the response is complete or the client has left.
   */
  readonly failure?: string | undefined;
  /** The `Referer` header. */
  readonly referer: string | undefined;
  /** The `User-Agent` header. */
  readonly userAgent: string | undefined;
}

/** Receives the record of each request. Its return value is ignored. */
export type AccessLogger = (record: AccessRecord) => unknown;

/**
 * The longest part of a message that is logged. `wsgi.errors` has all of it.
 */
const MAX_FAILURE_LENGTH = 200;

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

/**
 * Describes in a record why a response was cut off.
 *
 * @param reason The thrown value, or the reason why the request ended early.
 * @returns The error's name and message, cut to 200 characters.
 */
export function describeFailure(reason: unknown): string {
  try {
    if (!(reason instanceof Error)) return `thrown: ${describe(reason)}`;
    return `${reason.name}: ${reason.message}`.slice(0, MAX_FAILURE_LENGTH);
  } catch {
    return "an error that cannot be described";
  }
}

/**
 * Calls an access logger. If it throws or returns a promise that rejects, the
 * error is logged and does not affect the request.
 *
 * @param logger The access logger.
 * @param record The record that is passed to it.
 * @param errors The stream to which a failure is written.
 */
export function deliver(
  logger: AccessLogger,
  record: AccessRecord,
  errors: ErrorStream,
): void {
  const complain = (error: unknown): void =>
    errors.write(`The access log failed: ${formatError(error)}`);
  try {
    const result: unknown = logger(record);
    if (isThenable(result)) result.then(undefined, complain);
  } catch (error) {
    complain(error);
  }
}
