/**
 * The target of a request, taken apart by slicing.
 *
 * `new URL()` would resolve dot segments, turn backslashes round and decode
 * what was meant to stay: the path of a request is what the client sent.
 *
 * @module
 */

import { encodeUtf8, percentDecode } from "../../wsgi/byte_string.ts";
import { isAuthority, splitAuthority } from "../../wsgi/http_syntax.ts";

/** A request that the server refuses before any application sees it. */
export class BadRequest extends Error {
  /** The name of the class, as in the first line of a stack trace. */
  override readonly name = "BadRequest";
  /** The status that answers it. */
  readonly status: 400 | 413;

  /**
   * @param message What is wrong with the request.
   * @param status The status that answers it.
   */
  constructor(message: string, status: 400 | 413 = 400) {
    super(message);
    this.status = status;
  }
}

/** The parts of a request's target, as ByteStrings. */
export interface RequestTarget {
  /** The authority without user information: `"example.com:8000"`. */
  readonly authority: string;
  /** The raw path and query: `"/a%2Fb?c"`. */
  readonly uri: string;
  /** The path, percent-decoded byte by byte. */
  readonly path: string;
  /** What follows the first `?`, raw. */
  readonly query: string;
}

/**
 * Takes a request URL apart. The runtime made the URL by joining scheme, Host
 * and target, so the Host must have been checked before.
 *
 * @param url The URL as the runtime gives it: scheme, authority, raw target.
 * @returns The parts.
 * @throws {BadRequest} If the authority is none.
 */
export function parseTarget(url: string): RequestTarget {
  const start = url.indexOf("://") + 3;
  let end = url.indexOf("/", start);
  const question = url.indexOf("?", start);
  // "http://host?query" has no path.
  if (end === -1 || (question !== -1 && question < end)) {
    end = question === -1 ? url.length : question;
  }
  let authority = url.slice(start, end);
  const at = authority.lastIndexOf("@");
  if (at !== -1) authority = authority.slice(at + 1);
  if (!isAuthority(authority)) throw new BadRequest("invalid host");
  const raw = url.slice(end);
  // RFC 9112 section 3.2: a fragment is no part of a target.
  if (raw.includes("#")) throw new BadRequest("fragment in the target");
  const mark = raw.indexOf("?");
  const path = mark === -1 ? raw : raw.slice(0, mark);
  const uri = encodeUtf8(raw);
  return {
    authority,
    // Only the absolute form can go without a path.
    uri: path === "" ? `/${uri}` : uri,
    path: path === "" ? "/" : percentDecode(path),
    query: mark === -1 ? "" : uri.slice(uri.indexOf("?") + 1),
  };
}

/**
 * Gives `SERVER_NAME` and `SERVER_PORT` as a client names them.
 *
 * @param authority A valid authority.
 * @param scheme The scheme whose port is the default.
 * @returns The host, in brackets if it is an IPv6 address, and the port.
 * @throws {BadRequest} If the port is not from 1 to 65535.
 */
export function serverOf(
  authority: string,
  scheme: string,
): readonly [name: string, port: string] {
  const parts = splitAuthority(authority, scheme);
  if (parts === undefined) throw new BadRequest("invalid port");
  return parts;
}
