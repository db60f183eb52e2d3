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

/** The host of a request of HTTP/2. In HTTP/1 this is no name of a header. */
const AUTHORITY = ":authority";

/**
 * Headers that never reach the environ: `Proxy` would become the variable that
 * HTTP clients take their proxy from (httpoxy, CVE-2016-5385), and the body is
 * decoded already.
 */
const DROPPED: ReadonlySet<string> = new Set(["proxy", TRANSFER_ENCODING]);

function makeKey(name: string): string | undefined {
  // A name with an underscore would be taken for one with a hyphen:
  // "X_Forwarded_For" must not pass as "X-Forwarded-For".
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
 * @returns `CONTENT_TYPE`, `CONTENT_LENGTH` or `HTTP_` and the name, or
 * `undefined` for a header that is left out.
 */
export const headerKey: (name: string) => string | undefined = remember(
  makeKey,
);

/** Of two of them nobody could say which one another program has believed. */
const SINGLE: ReadonlySet<string> = new Set(["CONTENT_LENGTH", "CONTENT_TYPE"]);

/** What to do with headers of certain names. */
export interface HeaderPlan {
  /** The names. */
  readonly names: readonly string[];
  /** The keys for the names; `undefined` for a header that is left out. */
  readonly keys: readonly (string | undefined)[];
  /** Whether no key comes twice, and none needs a check of its value. */
  readonly isPlain: boolean;
  /** Whether there is a Transfer-Encoding. */
  readonly hasCoding: boolean;
  /**
   * The index of the value of Host, or of `:authority`, which outranks it; -1
   * without either.
   */
  readonly hostIndex: number;
}

/** The longest list of names and values whose plan is kept. */
const MAX_KEPT = 128;

/**
 * The last plan for each length of a list: the requests of a client have the
 * same names, and those of several clients mostly differ in their number.
 */
const plans: HeaderPlan[] = [];

let lastHeaders: readonly string[] | undefined;
let lastPlan: HeaderPlan | undefined;

/**
 * Returns what to do with headers of certain names.
 *
 * @param headers Names and values in turn.
 * @returns The plan. While it is kept, it is the same for the same names.
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
 * @param headers Names and values in turn.
 * @returns The value of `:authority` or of Host; `undefined` without either.
 * @throws {RequestError} If there is more than one Host.
 */
export function hostOf(headers: readonly string[]): string | undefined {
  return headers[planFor(headers).hostIndex];
}

/**
 * Adds the variables of headers. Repeated ones are joined.
 *
 * RFC 9110 section 5.3.
 *
 * @param environ The environ, which has none of them.
 * @param headers Names and values in turn, as they came.
 * @param host `HTTP_HOST`, which the target has a say in; `undefined` for none.
 * @returns The value of Transfer-Encoding, which is no variable.
 * @throws {RequestError} If no application may see such a request.
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

/** SPEC.md, environ-no-empty: a type without a value is none. */
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
