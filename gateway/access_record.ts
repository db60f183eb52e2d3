/**
 * The record of a finished request: its fields, its line in a log, and how it
 * reaches the function that logs it.
 *
 * @module
 */

import { describe, isThenable } from "../wsgi/describe.ts";
import type { ErrorStream } from "../wsgi/types.ts";
import { formatError } from "./error_response.ts";

/** One request, when it is over. */
export interface AccessRecord {
  /** When the request came. */
  readonly time: Date;
  /** The address of the client, `undefined` on a Unix socket. */
  readonly remoteAddress: string | undefined;
  /** The user whom a server in front has authenticated. */
  readonly remoteUser: string | undefined;
  /** The method: `"GET"`. */
  readonly method: string;
  /**
   * The target as it was sent: the raw path and query, or a whole URL, whose
   * authority may be another than the Host.
   */
  readonly target: string;
  /** The protocol: `"HTTP/1.1"`. */
  readonly protocol: string;
  /** The status code of the response; 0 if the client left before there was one. */
  readonly status: number;
  /** Bytes of the response body that were handed over to be sent. */
  readonly bytesSent: number;
  /** How long it took, in milliseconds. */
  readonly duration: number;
  /** Whether the client left before the response was complete. */
  readonly clientLeft: boolean;
  /**
   * Why the response was broken off, such as `"RangeError: no more rows"`. Absent
   * from a record whose response is complete, and if the client has left.
   */
  readonly failure?: string | undefined;
  /** The `Referer` header. */
  readonly referer: string | undefined;
  /** The `User-Agent` header. */
  readonly userAgent: string | undefined;
}

/** Receives the record of each request. What it returns is ignored. */
export type AccessLogger = (record: AccessRecord) => unknown;

/** How much of a message is logged: the whole of it is in `wsgi.errors`. */
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

// deno-lint-ignore no-control-regex -- they are what is looked for
const UNSAFE = /["\\\x00-\x1f\x7f-\uffff]/g;

function escapeUnsafe(char: string): string {
  if (char === '"' || char === "\\") return `\\${char}`;
  const code = char.charCodeAt(0);
  return code > 0xff
    ? `\\u${code.toString(16).padStart(4, "0")}`
    : `\\x${code.toString(16).padStart(2, "0")}`;
}

/** A field of a client's making must not end its quotes, nor the line. */
function escapeField(text: string): string {
  return text.replace(UNSAFE, escapeUnsafe);
}

function twoDigits(number: number): string {
  return String(number).padStart(2, "0");
}

/** The last time that was formatted: many requests end in the same second. */
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

/** A field between blanks: nothing is a hyphen, a blank would end it. */
function bare(text: string | undefined): string {
  return text === undefined || text === ""
    ? "-"
    : escapeField(text).replaceAll(" ", "\\x20");
}

function quoted(text: string | undefined): string {
  return `"${text === undefined ? "-" : escapeField(text)}"`;
}

/** What is added to a line whose response is not complete. */
function endingOf({ clientLeft, failure }: AccessRecord): string {
  if (clientLeft) return " client left";
  return failure === undefined ? "" : ` broken off ${quoted(failure)}`;
}

/**
 * Formats a record in Common Log Format, the time in UTC. Where the response is
 * not complete, `client left` or `broken off "reason"` follows.
 *
 * @param record The request.
 * @returns One line, without its line feed. What came from the client is
 * escaped.
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
 * Formats a record in Combined Log Format: the common one, then `Referer` and
 * `User-Agent`.
 *
 * @param record The request.
 * @returns One line, without its line feed. What came from the client is
 * escaped.
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
 * Describes why a response was broken off, for a record.
 *
 * @param reason What was thrown, or why the request ended early.
 * @returns The name and the message of an error.
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
 * Calls an access logger. An error that it throws, or a promise of it that is
 * rejected, is logged and does not affect the request.
 *
 * @param logger The function.
 * @param record The record it gets.
 * @param errors Where a failure is logged.
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
