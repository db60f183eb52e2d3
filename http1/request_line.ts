/**
 * The first line of a request: method, target and version.
 *
 * @module
 */

import { quote } from "../wsgi/describe.ts";
import { isToken } from "../wsgi/http_syntax.ts";
import { isHost } from "../wsgi/host.ts";
import { RequestError } from "./request_error.ts";

/** The maximum size of a target, in bytes. A longer one gets 414. */
export const MAX_TARGET_SIZE = 8_192;

/**
 * The maximum size of a request line, in bytes. A longer line is refused before
 * it is complete.
 */
export const MAX_REQUEST_LINE_SIZE: number = MAX_TARGET_SIZE + 256;

/** The versions that this server supports. */
export type HttpVersion = "1.0" | "1.1";

/** A parsed request line. */
export interface RequestLine {
  /** The method, in the case in which it was sent: `"GET"`. */
  readonly method: string;
  /** The target as it was sent: `"/a?b"`, `"http://host/"`, `"host:1"`, `"*"`. */
  readonly target: string;
  /** `"1.1"` also for higher minor versions of HTTP/1. */
  readonly version: HttpVersion;
}

// RFC 9112 section 3.2: no fragment, and only characters of a URI.
const TARGET = /^[!"$-~]+$/;
const ABSOLUTE = /^https?:\/\/([^/?]*)/i;
/** RFC 3986 section 3.2.1. */
const USER_INFORMATION = /^(?:[A-Za-z0-9\-._~!$&'()*+,;=:]|%[0-9A-Fa-f]{2})*@/;
const CONNECT_TARGET = /:0*[1-9][0-9]{0,4}$/;

/** The methods of nearly all requests, except GET. */
const COMMON_METHODS: ReadonlySet<string> = new Set([
  "HEAD",
  "POST",
  "PUT",
  "DELETE",
  "OPTIONS",
  "PATCH",
]);

/**
 * Parses a request line: `method SP target SP HTTP/1.x`, and nothing else.
 *
 * RFC 9112 sections 2.3, 3 and 3.2.
 *
 * @param line The line without its CRLF, one code unit for each byte.
 * @returns Its parts.
 * @throws {RequestError} If the line is malformed (400), its target is longer
 * than {@linkcode MAX_TARGET_SIZE} (414), or its version is not HTTP/1 (505).
 */
export function parseRequestLine(line: string): RequestLine {
  const first = line.indexOf(" ");
  const last = line.lastIndexOf(" ");
  const method = line.slice(0, first);
  const target = line.slice(first + 1, last);
  if (target.length > MAX_TARGET_SIZE) throw targetTooLong();
  if (first <= 0 || last === first || target.includes(" ")) {
    throw new RequestError(
      `request line must be a method, a target and a version, got ${
        quote(line)
      }`,
    );
  }
  // Comparing a new string costs less than looking it up.
  if (method !== "GET" && !COMMON_METHODS.has(method) && !isToken(method)) {
    throw new RequestError(`method must be a token, got ${quote(method)}`);
  }
  const version = parseVersion(line.slice(last + 1));
  checkTarget(method, target);
  return { method, target, version };
}

/**
 * Creates the error for a target, or a request line, that is too long.
 *
 * @returns The error, with status 414.
 */
export function targetTooLong(): RequestError {
  return new RequestError(
    `target must be at most ${MAX_TARGET_SIZE} bytes long`,
    414,
  );
}

function parseVersion(version: string): HttpVersion {
  if (version === "HTTP/1.1") return "1.1";
  if (version === "HTTP/1.0") return "1.0";
  // RFC 9112 section 2.3: case-sensitive, one digit for each part.
  if (!/^HTTP\/[0-9]\.[0-9]$/.test(version)) {
    throw new RequestError(`version must be HTTP/1.1, got ${quote(version)}`);
  }
  // RFC 9110 section 2.5: a higher minor version is treated as 1.1.
  if (version.startsWith("HTTP/1.")) return "1.1";
  throw new RequestError(`version must be HTTP/1.1, got ${version}`, 505);
}

/**
 * Checks that the target of a request has one of its four forms.
 *
 * RFC 9112 section 3.2.
 *
 * @param method The method. Only CONNECT has the authority form, and only
 * OPTIONS `*`.
 * @param target The target as it was sent.
 * @throws {RequestError} If it has another form or names no host.
 */
export function checkTarget(method: string, target: string): void {
  if (!TARGET.test(target)) {
    throw new RequestError(
      `target must not contain "#", spaces, control characters or bytes above 0x7E, got ${
        quote(target)
      }`,
    );
  }
  if (method === "CONNECT") {
    if (!CONNECT_TARGET.test(target) || !namesHost(target)) {
      throw new RequestError(
        `target of CONNECT must be a host and a port, got ${quote(target)}`,
      );
    }
    return;
  }
  if (target.startsWith("/") || (target === "*" && method === "OPTIONS")) {
    return;
  }
  // RFC 9110 section 4.2.4 recommends treating user information as an error. It
  // is dropped here, because it names neither the host nor the resource.
  const authority = ABSOLUTE.exec(target)?.[1]?.replace(USER_INFORMATION, "");
  if (authority === undefined) {
    throw new RequestError(
      `target must be a path or an http URL, got ${quote(target)}`,
    );
  }
  if (!namesHost(authority)) {
    throw new RequestError(
      `target must name a host, got ${quote(target)}`,
    );
  }
}

/** RFC 9110 section 4.2.1: the host of an http URL must not be empty. */
function namesHost(authority: string): boolean {
  return authority !== "" && !authority.startsWith(":") && isHost(authority);
}
