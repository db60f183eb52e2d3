/**
 * The variables of an environ that come from the headers of a request.
 *
 * @module
 */

import { checkContentType, readContentLength } from "./request_checks.ts";
import { RequestError } from "../../http1/request_error.ts";
import { isToken } from "../../wsgi/http_syntax.ts";
import { remember } from "../../wsgi/remember.ts";
import type { Environ } from "../../wsgi/types.ts";

const TRANSFER_ENCODING = "transfer-encoding";

/** The host of an HTTP/2 request. In HTTP/1, no header can have this name. */
const AUTHORITY = ":authority";

/**
 * Headers that never reach the environ. `Proxy` would become the variable from
 * which HTTP clients take their proxy (httpoxy, CVE-2016-5385).
 * Transfer-Encoding is omitted because the body is already decoded.
 */
const DROPPED: ReadonlySet<string> = new Set(["proxy", TRANSFER_ENCODING]);

function makeKey(name: string): string | undefined {
  // A name with an underscore would be confused with one with a hyphen:
  // "X_Forwarded_For" must not pass for "X-Forwarded-For".
  if (name.includes("_") || !isToken(name)) return undefined;
  const lower = name.toLowerCase();
  if (DROPPED.has(lower)) return undefined;
  const key = lower.toUpperCase().replaceAll("-", "_");
  return key === "CONTENT_TYPE" || key === "CONTENT_LENGTH"
    ? key
    : `HTTP_${key}`;
}

/**
 * Returns the environ key for a request header.
 *
 * PEP 3333, "environ Variables"; RFC 3875 section 4.1.18.
 *
 * @param name The name of the header, in any case.
 * @returns `CONTENT_TYPE`, `CONTENT_LENGTH`, or `HTTP_` and the name;
 * `undefined` for a header that is omitted.
 */
export const headerKey: (name: string) => string | undefined = remember(
  makeKey,
);

/**
 * Variables that must not be repeated, because another program may have used
 * the other value.
 */
const SINGLE: ReadonlySet<string> = new Set(["CONTENT_LENGTH", "CONTENT_TYPE"]);

/** How to process headers with certain names. */
export interface HeaderPlan {
  /** The names in the order of the request. */
  readonly names: readonly string[];
  /** The keys for the names; `undefined` for a header that is omitted. */
  readonly keys: readonly (string | undefined)[];
  /** Whether no key is repeated, and no value needs a check. */
  readonly isPlain: boolean;
  /** Whether Transfer-Encoding is one of them. */
  readonly hasCoding: boolean;
  /**
   * The index of the value of Host, or of `:authority`, which takes precedence;
   * -1 without either.
   */
  readonly hostIndex: number;
}

/** The maximum length of a list of names and values whose plan is kept. */
const MAX_KEPT = 128;

/**
 * The last plan for each length of a list. The requests of one client have the
 * same names, and those of several clients mostly differ in number.
 */
const plans: HeaderPlan[] = [];

let lastHeaders: readonly string[] | undefined;
let lastPlan: HeaderPlan | undefined;

/**
 * Returns how to process headers with certain names.
 *
 * @param headers Alternating names and values.
 * @returns The plan; the same object for the same names, while it is kept.
 * @throws {RequestError} If there is more than one Host.
 */
export function planFor(headers: readonly string[]): HeaderPlan {
  if (headers === lastHeaders && lastPlan !== undefined) return lastPlan;
  const slot = headers.length > MAX_KEPT ? 0 : headers.length;
  let plan = plans[slot];
  if (plan === undefined || !hasNames(headers, plan.names)) {
    plan = plans[slot] = makePlan(headers);
  }
  lastHeaders = headers;
  return lastPlan = plan;
}

function hasNames(
  headers: readonly string[],
  names: readonly string[],
): boolean {
  if (headers.length !== 2 * names.length) return false;
  for (let i = 0; i < names.length; i++) {
    if (headers[2 * i] !== names[i]) return false;
  }
  return true;
}

function makePlan(headers: readonly string[]): HeaderPlan {
  const names: string[] = [];
  const keys: (string | undefined)[] = [];
  const seen = new Set<string>();
  let hostIndex = -1;
  let hosts = 0;
  let isPlain = true;
  let hasCoding = false;
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i]!;
    const key = headerKey(name);
    names.push(name);
    if (key === "HTTP_HOST") {
      if (++hosts > 1) throw new RequestError(`more than one ${key}`);
      if (hostIndex === -1) hostIndex = i + 1;
      keys.push(undefined);
      continue;
    }
    keys.push(key);
    if (key === undefined) {
      hasCoding ||= isTransferEncoding(name);
      if (name === AUTHORITY) hostIndex = i + 1;
      continue;
    }
    if (seen.has(key) || SINGLE.has(key)) isPlain = false;
    seen.add(key);
  }
  return { names, keys, isPlain, hasCoding, hostIndex };
}

/**
 * Returns the host that the client names in its headers.
 *
 * RFC 9113 section 8.3.1.
 *
 * @param headers Alternating names and values.
 * @returns The value of `:authority` or of Host; `undefined` without either.
 * @throws {RequestError} If there is more than one Host.
 */
export function hostOf(headers: readonly string[]): string | undefined {
  return headers[planFor(headers).hostIndex];
}

/**
 * Adds the variables for headers. The values of repeated headers are joined.
 *
 * RFC 9110 section 5.3.
 *
 * @param environ The environ, which has no header variables yet.
 * @param headers Alternating names and values, as received.
 * @param host The value of `HTTP_HOST`, which can come from the target;
 * `undefined` for none.
 * @returns The value of Transfer-Encoding, which gets no variable.
 * @throws {RequestError} If the request is malformed and must not reach an
 * application.
 */
export function addHeaders(
  environ: Environ,
  headers: readonly string[],
  host: string | undefined,
): string | undefined {
  const { keys, isPlain, hasCoding } = planFor(headers);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as `HTTP_${string}` | undefined;
    if (key === undefined) continue;
    const value = headers[2 * i + 1]!;
    const previous = isPlain ? undefined : environ[key];
    if (previous === undefined) {
      environ[key] = isPlain ? value : valueOf(key, value);
    } else if (SINGLE.has(key)) {
      throw new RequestError(`more than one ${key}`);
    } else {
      const comma = key === "HTTP_COOKIE" ? "; " : ", ";
      environ[key] = previous + comma + value;
    }
  }
  if (!isPlain) dropEmptyType(environ);
  if (host !== undefined) environ.HTTP_HOST = host;
  return hasCoding ? codingOf(headers) : undefined;
}

/** Removes an empty CONTENT_TYPE: SPEC.md, environ-no-empty. */
function dropEmptyType(environ: Environ): void {
  if (environ.CONTENT_TYPE === "") delete environ.CONTENT_TYPE;
}

function isTransferEncoding(name: string): boolean {
  return name.length === TRANSFER_ENCODING.length &&
    name.toLowerCase() === TRANSFER_ENCODING;
}

/** Returns the values of all fields named Transfer-Encoding. */
function codingOf(headers: readonly string[]): string {
  const values = headers.filter((_value, index) =>
    index % 2 === 1 && isTransferEncoding(headers[index - 1]!)
  );
  return values.join(", ");
}

function valueOf(key: string, value: string): string {
  if (key === "CONTENT_LENGTH") return String(readContentLength(value));
  if (key === "CONTENT_TYPE") checkContentType(value);
  return value;
}
