/**
 * Parses the target of a request.
 *
 * It does not use `new URL()`, which would resolve dot segments, replace
 * backslashes and change the percent encoding. An application gets the path
 * that the client sent.
 *
 * @module
 */

import { checkFragment, checkHost } from "./request_checks.ts";
import { RequestError } from "../../http1/request_error.ts";
import { encodeUtf8, percentDecode } from "../../wsgi/byte_string.ts";
import { splitAuthority } from "../../wsgi/http_syntax.ts";

/** The parts of a request's target, as ByteStrings. */
export interface RequestTarget {
  /** The authority without user information: `"example.com:8000"`. */
  readonly authority: string;
  /** The raw path and query: `"/a%2Fb?c"`. */
  readonly uri: string;
  /** The path, percent-decoded byte by byte. */
  readonly path: string;
  /** The raw text after the first `?`. */
  readonly query: string;
}

/** The server's end of a connection. */
export interface LocalAddress {
  /** Its address. */
  readonly localAddress?: string | undefined;
  /** Its port. */
  readonly localPort?: number | undefined;
}

const ABSOLUTE = /^[A-Za-z][A-Za-z0-9+.\-]*:\/\//;

/**
 * Splits a request URL into its parts. The runtime has made the URL by joining
 * scheme, Host and target, so the Host must have been checked before.
 *
 * @param url The URL from the runtime: scheme, authority and raw target.
 * @returns The parts.
 * @throws {RequestError} If the authority is not valid, or there is a fragment.
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
  checkHost(authority);
  return parseOrigin(authority, url.slice(end));
}

/** Splits a target in origin form into path and query. */
function parseOrigin(authority: string, raw: string): RequestTarget {
  checkFragment(raw);
  const mark = raw.indexOf("?");
  const path = mark === -1 ? raw : raw.slice(0, mark);
  const uri = encodeUtf8(raw);
  return {
    authority,
    // Only the absolute form can have no path.
    uri: path === "" ? `/${uri}` : uri,
    path: path === "" ? "/" : percentDecode(path),
    query: mark === -1 ? "" : uri.slice(uri.indexOf("?") + 1),
  };
}

/**
 * Splits the target of a request line into its parts.
 *
 * RFC 9112 section 3.2.
 *
 * @param target The target as sent: origin form, absolute form, or `*` with
 * OPTIONS.
 * @param method The method of the request.
 * @param host The checked Host; empty for none.
 * @returns The parts; the authority comes from the absolute form or else from
 * Host.
 * @throws {RequestError} If it has another form.
 */
export function resolveTarget(
  target: string,
  method: string | undefined,
  host: string,
): RequestTarget {
  if (target.startsWith("/")) return parseOrigin(host, target);
  if (ABSOLUTE.test(target)) return parseTarget(target);
  // RFC 9112 section 3.2.3: the authority form has no path.
  if (method === "CONNECT") {
    return { authority: target, uri: target, path: "", query: "" };
  }
  if (target === "*" && method === "OPTIONS") {
    return { authority: host, uri: "*", path: "*", query: "" };
  }
  throw new RequestError("invalid target");
}

/** Formats an address as a host, with brackets for IPv6. */
function toHost(address: string): string {
  const plain = address.replace(/^::ffff:(?=[0-9.]+$)/i, "");
  return plain.includes(":") ? `[${plain}]` : plain;
}

/**
 * Returns `SERVER_NAME` and `SERVER_PORT`: the host and port that the client
 * uses, or else the local address of the connection.
 *
 * @param authority A valid authority; empty if the request has none.
 * @param scheme The scheme whose port is the default.
 * @param local The server's end of the connection, if known.
 * @returns The host, in brackets if it is an IPv6 address, and the port.
 * @throws {RequestError} If the port is not from 1 to 65535.
 */
export function serverOf(
  authority: string,
  scheme: string,
  local?: LocalAddress,
): readonly [name: string, port: string] {
  if (authority === "" && local?.localAddress && local.localPort) {
    return [toHost(local.localAddress), String(local.localPort)];
  }
  const parts = splitAuthority(authority, scheme);
  if (parts === undefined) throw new RequestError("invalid port");
  return parts;
}
