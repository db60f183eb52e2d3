/**
 * Evaluates conditional requests and ranges for a file.
 *
 * RFC 9110 sections 13 and 14.
 *
 * @module
 */

import { eTag, ifMatch, ifNoneMatch } from "@std/http/etag";
import type { Environ } from "../wsgi/types.ts";

/** The state of a file, which caches use to recognize it. */
export interface FileState {
  /** The size in bytes. */
  readonly size: number;
  /** The entity tag, with its quotes. */
  readonly tag: string | undefined;
  /** The modification time, in whole seconds. */
  readonly modified: Date | undefined;
  /** Whether no other state of the file has the same tag and date. */
  readonly isStrong: boolean;
}

/** A range of bytes in a file. Both ends are inclusive. */
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
// RFC 9110 section 5.6.7: the current format and the two obsolete ones.
const DATE = new RegExp(
  `^(?:(?:${DAY}), \\d{2} (?:${MONTH}) \\d{4} ${TIME} GMT` +
    `|(?:${LONG_DAY}), \\d{2}-(?:${MONTH})-\\d{2} ${TIME} GMT` +
    `|(?:${DAY}) (?:${MONTH}) [ \\d]\\d ${TIME} \\d{4})$`,
);
const ANY = /^\s*\*\s*$/;
const RANGE = /^\s*bytes\s*=\s*(\d*)-(\d*)\s*$/i;

/**
 * The age in milliseconds below which a file may change again within the same
 * second.
 */
const FRESH = 2000;

/**
 * Parses an HTTP-date.
 *
 * @returns Milliseconds since the epoch; `undefined` if it is not a date.
 */
export function parseHttpDate(value: string | undefined): number | undefined {
  if (value === undefined || !DATE.test(value)) return undefined;
  const time = Date.parse(value.endsWith("GMT") ? value : `${value} GMT`);
  return Number.isNaN(time) ? undefined : time;
}

/**
 * Returns the state of a file.
 *
 * @param info The size and the modification time.
 * @param now The current time, in milliseconds since the epoch.
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
  // RFC 9110 section 8.8.2.1: the date is never later than the response.
  const seconds = Math.floor(Math.min(time, now) / 1000);
  return {
    size,
    tag: await eTag({ size, mtime }, { weak: !isStrong }),
    modified: new Date(seconds * 1000),
    isStrong,
  };
}

/**
 * Evaluates the preconditions of a GET or HEAD request, in the order of the
 * RFC.
 *
 * RFC 9110 section 13.2.2.
 *
 * @returns 200 if all preconditions hold; otherwise the status of the response.
 */
export function evaluate(environ: Environ, state: FileState): 200 | 304 | 412 {
  const { tag } = state;
  const modified = state.modified?.getTime() ?? NaN;
  const match = environ.HTTP_IF_MATCH;
  if (match !== undefined) {
    // ifMatch() matches "*" only with strong tags, but it means any file.
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

/** Returns whether If-Range allows the range. It does if it is absent. */
function allowsRange(value: string | undefined, state: FileState): boolean {
  if (value === undefined) return true;
  if (!state.isStrong) return false;
  const date = parseHttpDate(value);
  return date === undefined
    ? value.trim() === state.tag
    : date === state.modified?.getTime();
}

/**
 * Parses the requested range of a file. The whole file is sent for several
 * ranges and for values that cannot be parsed.
 *
 * RFC 9110 section 14.2.
 *
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
    // For an empty file, any last bytes are the whole file.
    if (size === 0) return undefined;
    return { first: Math.max(0, size - count), last: size - 1 };
  }
  const first = Number(from);
  if (to !== "" && Number(to) < first) return undefined;
  if (first >= size) return "unsatisfiable";
  return { first, last: to === "" ? size - 1 : Math.min(Number(to), size - 1) };
}
