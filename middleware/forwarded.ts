/**
 * Parses the headers in which proxies describe a request, and applies them to
 * the environ.
 *
 * @module
 */

import { isHost } from "../wsgi/host.ts";
import { splitAuthority, TOKEN_PATTERN } from "../wsgi/http_syntax.ts";
import { parseAddress, parseIpv6 } from "../wsgi/ip_address.ts";
import type { Environ } from "../wsgi/types.ts";

/** The client of a proxy. It has no address if the proxy hides it. */
export interface ForwardedClient {
  /** The IP address, without brackets. */
  readonly address?: string | undefined;
  /** The port, as decimal digits. */
  readonly port?: string | undefined;
}

/** The description of a request by one proxy. */
export interface Hop {
  /** The client of the proxy. */
  readonly client?: ForwardedClient | undefined;
  /** The scheme of the request: `"http"` or `"https"`. */
  readonly scheme?: string | undefined;
  /** The Host of the request. */
  readonly host?: string | undefined;
}

/** The error that is thrown if a forwarding header is malformed. */
export class ForwardedError extends Error {
  /** The name of the class. */
  override readonly name = "ForwardedError";
}

/** The variables that describe the peer of the connection. */
const OF_PEER = [
  "REMOTE_ADDR",
  "REMOTE_HOST",
  "REMOTE_PORT",
  "wsgiref.unix_socket",
] as const;

const QUOTED =
  '"(?:[\\t \\x21\\x23-\\x5b\\x5d-\\x7e\\x80-\\xff]|\\\\[\\t -~\\x80-\\xff])*"';
/** The syntax of RFC 7239 section 6. Addresses are checked separately. */
const NODE =
  /^(?:\[(?<ipv6>[^\]]+)\]|(?<name>[^:[\]]+))(?::(?:(?<port>[0-9]{1,5})|_[\w.-]+))?$/;
/** A client whose address the proxy hides. */
const HIDDEN = /^(?:unknown|_[\w.-]+)$/i;
const PAIR = new RegExp(`^(${TOKEN_PATTERN})=(${TOKEN_PATTERN}|${QUOTED})$`);

function isPort(text: string): boolean {
  return /^[0-9]{1,5}$/.test(text) && Number(text) >= 1 &&
    Number(text) <= 65_535;
}

/**
 * Returns the value that one of the proxies has added.
 *
 * @param header The value of the header: a comma-separated list.
 * @param hops The number of trusted proxies that add a value, from 1. The value
 * is read at this position from the right.
 * @returns The value; `undefined` if there are fewer values.
 */
export function pickValue(header: string, hops: number): string | undefined {
  return header.split(",").at(-hops)?.trim();
}

/**
 * Parses a node: the proxy's name for its client.
 *
 * RFC 7239 section 6. `X-Forwarded-For` has the same syntax, but also allows
 * IPv6 addresses without brackets.
 *
 * @param node The node: `"192.0.2.1"`, `"[2001:db8::1]:80"`, `"unknown"`,
 * `"_hidden:_port"`.
 * @returns The address and port. Both are missing if the proxy hides them.
 * @throws {ForwardedError} If the node is not valid.
 */
export function readNode(node: string): ForwardedClient {
  if (parseIpv6(node) !== undefined) return { address: node };
  const { ipv6, name = "", port = "" } = NODE.exec(node)?.groups ?? {};
  const address = ipv6 ?? name;
  const bytes = ipv6 === undefined ? parseAddress(name) : parseIpv6(ipv6);
  if (bytes === undefined) {
    if (HIDDEN.test(name)) return {};
    throw new ForwardedError("the forwarded client is not a valid node");
  }
  return { address, port: isPort(port) ? port : undefined };
}

/**
 * Parses a forwarded scheme.
 *
 * @param scheme The scheme, in any case.
 * @throws {ForwardedError} If it is neither `http` nor `https`.
 */
export function readScheme(scheme: string): "http" | "https" {
  const lower = scheme.toLowerCase();
  if (lower === "http" || lower === "https") return lower;
  throw new ForwardedError("the forwarded scheme is neither http nor https");
}

/** Splits a text at a separator, except inside quotes. */
function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let inQuotes = false;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "\\" && inQuotes) i++;
    else if (text[i] === '"') inQuotes = !inQuotes;
    else if (text[i] === separator && !inQuotes) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

/**
 * Parses the element of a `Forwarded` header that one of the proxies has added.
 *
 * RFC 7239 section 4.
 *
 * @param hops The number of trusted proxies that add an element, from 1. The
 * element is read at this position from the right.
 * @returns The description; `undefined` if there are fewer elements.
 * @throws {ForwardedError} If it is malformed.
 */
export function readForwarded(header: string, hops: number): Hop | undefined {
  const element = splitOutsideQuotes(header, ",").at(-hops);
  if (element === undefined) return undefined;
  const values = new Map<string, string>();
  for (const part of splitOutsideQuotes(element, ";")) {
    const pair = part.trim();
    if (pair === "") continue;
    const [, name, value] = PAIR.exec(pair) ?? [];
    const key = name?.toLowerCase();
    if (key === undefined || value === undefined || values.has(key)) {
      throw new ForwardedError("the Forwarded header is malformed");
    }
    values.set(
      key,
      value.startsWith('"')
        ? value.slice(1, -1).replace(/\\(.)/g, "$1")
        : value,
    );
  }
  const node = values.get("for");
  const scheme = values.get("proto");
  return {
    client: node === undefined ? undefined : readNode(node),
    scheme: scheme === undefined ? undefined : readScheme(scheme),
    host: values.get("host"),
  };
}

/**
 * Applies the description of a proxy to the environ.
 *
 * @throws {ForwardedError} If the host is malformed.
 */
export function applyHop(
  environ: Environ,
  { client, scheme, host }: Hop,
): void {
  if (client !== undefined) {
    // These variables described the proxy. If the client has no address, they
    // are all removed.
    for (const name of OF_PEER) delete environ[name];
    if (client.address !== undefined) environ.REMOTE_ADDR = client.address;
    if (client.port !== undefined) environ.REMOTE_PORT = client.port;
  }
  if (scheme !== undefined) {
    environ["wsgi.url_scheme"] = scheme;
    if (scheme === "https") environ.HTTPS = "on";
    else delete environ.HTTPS;
  }
  if (host !== undefined) {
    const server = host !== "" && isHost(host)
      ? splitAuthority(host, environ["wsgi.url_scheme"])
      : undefined;
    if (server === undefined) {
      throw new ForwardedError("the forwarded host is not a valid host");
    }
    environ.HTTP_HOST = host;
    [environ.SERVER_NAME, environ.SERVER_PORT] = server;
  }
}

/**
 * Applies a forwarded port to the environ.
 *
 * @throws {ForwardedError} If the port is not a number from 1 to 65535.
 */
export function applyPort(environ: Environ, port: string): void {
  if (!isPort(port)) {
    throw new ForwardedError("the forwarded port must be from 1 to 65535");
  }
  environ.SERVER_PORT = port;
}

/**
 * Puts a forwarded prefix before `SCRIPT_NAME`.
 *
 * @param environ The environ, which is changed.
 * @param prefix The prefix. Slashes at its end are removed.
 * @throws {ForwardedError} If the prefix is not a path.
 */
export function applyPrefix(environ: Environ, prefix: string): void {
  const path = prefix.replace(/\/+$/, "");
  if (path !== "" && !/^(?:\/(?!\/)[!$&-;=@-Z_a-z~]*)+$/.test(path)) {
    throw new ForwardedError("the forwarded prefix is not a path");
  }
  // A server may omit empty variables.
  environ.SCRIPT_NAME = path + (environ.SCRIPT_NAME ?? "");
}
