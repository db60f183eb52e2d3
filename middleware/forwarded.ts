/**
 * What proxies write about a request: reads it, and writes it into the environ.
 *
 * @module
 */

import { isHost } from "../wsgi/host.ts";
import { splitAuthority, TOKEN_PATTERN } from "../wsgi/http_syntax.ts";
import type { Environ } from "../wsgi/types.ts";
import { parseAddress } from "./ip_address.ts";

/** What one proxy has said of the request that reached it. */
export interface Hop {
  /** The address of its client, without brackets and port. */
  readonly address?: string | undefined;
  /** The scheme of the request: `"http"` or `"https"`. */
  readonly scheme?: string | undefined;
  /** The Host of the request. */
  readonly host?: string | undefined;
}

/** Says that a proxy, or somebody before it, has written nonsense. */
export class ForwardedError extends Error {
  /** The name of the class, as in the first line of a stack trace. */
  override readonly name = "ForwardedError";
}

const QUOTED =
  '"(?:[\\t \\x21\\x23-\\x5b\\x5d-\\x7e\\x80-\\xff]|\\\\[\\t -~\\x80-\\xff])*"';
const PAIR = new RegExp(`^(${TOKEN_PATTERN})=(${TOKEN_PATTERN}|${QUOTED})$`);

/**
 * Picks the value that the n-th proxy from the right has written.
 *
 * @param header The header: values with commas between them.
 * @param hops How many proxies are trusted to have added one, 1 or more.
 * @returns The value; `undefined` if there are fewer.
 */
export function pickValue(header: string, hops: number): string | undefined {
  return header.split(",").at(-hops)?.trim();
}

/**
 * Reads a node: an address, perhaps with a port, as proxies write it.
 *
 * @param node The node: `"192.0.2.1"`, `"192.0.2.1:80"`, `"[2001:db8::1]:80"`.
 * @returns The address alone.
 * @throws {ForwardedError} If it is none.
 */
export function readNode(node: string): string {
  const match = /^\[([^\]]*)\](?::[0-9]{1,5})?$/.exec(node) ??
    /^([0-9.]+):[0-9]{1,5}$/.exec(node);
  const address = match?.[1] ?? node;
  if (parseAddress(address) === undefined) {
    throw new ForwardedError("the forwarded address is no IP address");
  }
  return address;
}

/**
 * Checks a forwarded scheme.
 *
 * @param scheme What a proxy has written.
 * @returns `"http"` or `"https"`.
 * @throws {ForwardedError} If it is neither.
 */
export function readScheme(scheme: string): "http" | "https" {
  const lower = scheme.toLowerCase();
  if (lower === "http" || lower === "https") return lower;
  throw new ForwardedError("the forwarded scheme is neither http nor https");
}

/** Splits at a separator, but not inside of quotes. */
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
 * Reads the element of a `Forwarded` header that the n-th proxy from the right
 * has written.
 *
 * RFC 7239 section 4.
 *
 * @param header The header.
 * @param hops How many proxies are trusted to have added one, 1 or more.
 * @returns What it says; `undefined` if there are fewer.
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
    address: node === undefined ? undefined : readNode(node),
    scheme: scheme === undefined ? undefined : readScheme(scheme),
    host: values.get("host"),
  };
}

/**
 * Writes what a proxy has said into the environ.
 *
 * @param environ The variables of the request.
 * @param hop Address, scheme and host, as far as they are known.
 * @throws {ForwardedError} If the host is malformed.
 */
export function applyHop(
  environ: Environ,
  { address, scheme, host }: Hop,
): void {
  if (address !== undefined) {
    environ.REMOTE_ADDR = address;
    // The port was the proxy's; that of the client is not known.
    delete environ.REMOTE_PORT;
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
      throw new ForwardedError("the forwarded host is none");
    }
    environ.HTTP_HOST = host;
    [environ.SERVER_NAME, environ.SERVER_PORT] = server;
  }
}

/**
 * Writes a forwarded port into the environ.
 *
 * @param environ The variables of the request.
 * @param port The port as a proxy has written it.
 * @throws {ForwardedError} If it is not a number from 1 to 65535.
 */
export function applyPort(environ: Environ, port: string): void {
  if (!/^[0-9]{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65535) {
    throw new ForwardedError("the forwarded port is none");
  }
  environ.SERVER_PORT = port;
}

/**
 * Puts a forwarded prefix before `SCRIPT_NAME`.
 *
 * @param environ The variables of the request.
 * @param prefix The prefix as a proxy has written it.
 * @throws {ForwardedError} If it is not a path.
 */
export function applyPrefix(environ: Environ, prefix: string): void {
  const path = prefix.replace(/\/+$/, "");
  if (path !== "" && !/^(?:\/(?!\/)[!$&-;=@-Z_a-z~]*)+$/.test(path)) {
    throw new ForwardedError("the forwarded prefix is no path");
  }
  environ.SCRIPT_NAME = path + environ.SCRIPT_NAME;
}
