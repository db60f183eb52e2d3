/**
 * Reading what proxies write about a request.
 *
 * @module
 */

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

const TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";
const QUOTED =
  '"(?:[\\t \\x21\\x23-\\x5b\\x5d-\\x7e\\x80-\\xff]|\\\\[\\t -~\\x80-\\xff])*"';
const PAIR = new RegExp(`^(${TOKEN})=(${TOKEN}|${QUOTED})$`);

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
