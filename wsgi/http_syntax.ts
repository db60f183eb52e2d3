/**
 * {@linkcode isHopByHop}: which headers are the server's own.
 *
 * @module
 */

const HOP_BY_HOP: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "trailers",
  "transfer-encoding",
  "upgrade",
]);

/**
 * Tells whether a header is hop-by-hop: about one connection, not about the
 * response, and therefore the server's and never the application's.
 *
 * The eight names of Python's wsgiref are known, and two that it misses:
 * `Trailer`, the real name of the field, and `Proxy-Connection`.
 *
 * RFC 9110 section 7.6.1; PEP 3333, "Other HTTP Features".
 *
 * @param name The name of the header, in any case.
 * @returns Whether the header is hop-by-hop.
 *
 * @example Usage
 * ```ts
 * import { isHopByHop } from "@wsgi/ref";
 * import { assert, assertFalse } from "@std/assert";
 *
 * assert(isHopByHop("Transfer-Encoding"));
 * assertFalse(isHopByHop("Content-Type"));
 * ```
 */
export function isHopByHop(name: string): boolean {
  return HOP_BY_HOP.has(name.toLowerCase());
}
