/**
 * Conditional requests and ranges for a file.
 *
 * RFC 9110 sections 13 and 14.
 *
 * @module
 */

import { eTag, ifMatch, ifNoneMatch } from "@std/http/etag";
import type { Environ } from "../wsgi/types.ts";

/** The state of a file, by which caches recognize it. */
export interface FileState {
  /** The size in bytes. */
  readonly size: number;
  /** The entity tag, with its quotes. */
  readonly tag: string | undefined;
  /** The time of its last change, in whole seconds. */
  readonly modified: Date | undefined;
  /** Whether two states never share a tag and a date. */
  readonly isStrong: boolean;
}

/** Bytes of a file; both ends are part of it. */
export interface ByteRange {
  /** The first byte. */
  readonly first: number;
  /** The last byte. */
  readonly last: number;
}

const DAY = "Mon|Tue|Wed|Thu|Fri|Sat|Sun";
const LONG_DAY = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday";
const MONTH = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec";
const TIME = "\\d{2}:\\d{2}:\\d{2}";
// RFC 9110 section 5.6.7: the form of today and two that are obsolete.
const DATE = new RegExp(
  `^(?:(?:${DAY}), \\d{2} (?:${MONTH}) \\d{4} ${TIME} GMT` +
    `|(?:${LONG_DAY}), \\d{2}-(?:${MONTH})-\\d{2} ${TIME} GMT` +
    `|(?:${DAY}) (?:${MONTH}) [ \\d]\\d ${TIME} \\d{4})$`,
);
const ANY = /^\s*\*\s*$/;
const RANGE = /^\s*bytes\s*=\s*(\d*)-(\d*)\s*$/i;

/** A file that may change again within the second of its date. */
const FRESH = 2000;

/**
 * Parses an HTTP-date.
 *
 * @param value The value of a header.
 * @returns Milliseconds since the epoch; `undefined` if it is not a date.
 */
export function parseHttpDate(value: string | undefined): number | undefined {
  if (value === undefined || !DATE.test(value)) return undefined;
  const time = Date.parse(value.endsWith("GMT") ? value : `${value} GMT`);
  return Number.isNaN(time) ? undefined : time;
}

/**
 * Describes the state of a file.
 *
 * @param info Its size and its time of change.
 * @param now The time, in milliseconds since the epoch.
 * @returns The state.
 */
export async function fileState(
  info: { readonly size: number; readonly mtime: Date | null },
  now: number,
): Promise<FileState> {
  const { size, mtime } = info;
  const time = mtime?.getTime() ?? NaN;
  const isStrong = now - time >= FRESH;
  if (Number.isNaN(time)) {
    return { size, tag: undefined, modified: undefined, isStrong };
  }
  // RFC 9110 section 8.8.2.1: never later than the response itself.
  const seconds = Math.floor(Math.min(time, now) / 1000);
  return {
    size,
    tag: await eTag({ size, mtime }, { weak: !isStrong }),
    modified: new Date(seconds * 1000),
    isStrong,
  };
}

/**
 * Evaluates the preconditions of a GET or HEAD, in their order.
 *
 * RFC 9110 section 13.2.2.
 *
 * @param environ The request.
 * @param state The file.
 * @returns 200 to go on; otherwise the status of the response.
 */
export function evaluate(environ: Environ, state: FileState): 200 | 304 | 412 {
  const { tag } = state;
  const modified = state.modified?.getTime() ?? NaN;
  const match = environ.HTTP_IF_MATCH;
  if (match !== undefined) {
    // ifMatch() takes "*" for strong tags only, but any file will do.
    if (!ANY.test(match) && !ifMatch(match, tag)) return 412;
  } else {
    const since = parseHttpDate(environ.HTTP_IF_UNMODIFIED_SINCE);
    if (since !== undefined && modified > since) return 412;
  }
  const noneMatch = environ.HTTP_IF_NONE_MATCH;
  if (noneMatch !== undefined) {
    return ANY.test(noneMatch) || !ifNoneMatch(noneMatch, tag) ? 304 : 200;
  }
  const since = parseHttpDate(environ.HTTP_IF_MODIFIED_SINCE);
  return since !== undefined && modified <= since ? 304 : 200;
}

/** Whether If-Range, if there is one, lets the range be sent. */
function allowsRange(value: string | undefined, state: FileState): boolean {
  if (value === undefined) return true;
  if (!state.isStrong) return false;
  const date = parseHttpDate(value);
  return date === undefined
    ? value.trim() === state.tag
    : date === state.modified?.getTime();
}

/**
 * Parses the requested range of a file. For several ranges, and for a value that
 * is not understood, the whole file is sent.
 *
 * RFC 9110 section 14.2.
 *
 * @param environ The request.
 * @param state The file.
 * @returns The range, `"unsatisfiable"`, or `undefined` for the whole file.
 */
export function requestedRange(
  environ: Environ,
  state: FileState,
): ByteRange | "unsatisfiable" | undefined {
  if (environ.REQUEST_METHOD !== "GET") return undefined;
  const [, from = "", to = ""] = RANGE.exec(environ.HTTP_RANGE ?? "") ?? [];
  if (from === "" && to === "") return undefined;
  if (!allowsRange(environ.HTTP_IF_RANGE, state)) return undefined;
  const { size } = state;
  if (from === "") {
    const count = Number(to);
    if (count === 0) return "unsatisfiable";
    // The last bytes of an empty file are all of it.
    if (size === 0) return undefined;
    return { first: Math.max(0, size - count), last: size - 1 };
  }
  const first = Number(from);
  if (to !== "" && Number(to) < first) return undefined;
  if (first >= size) return "unsatisfiable";
  return { first, last: to === "" ? size - 1 : Math.min(Number(to), size - 1) };
}
