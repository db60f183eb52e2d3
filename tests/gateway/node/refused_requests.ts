/**
 * Requests that a server must reject, although `node:http` of some runtimes
 * accepts them.
 *
 * @module
 */

/** A request, its fault, and the status of the response. */
export type RefusedRequest = readonly [
  what: string,
  status: number,
  request: string,
];

function request(line: string, headers: readonly string[], body = ""): string {
  return `${[line, ...headers].join("\r\n")}\r\n\r\n${body}`;
}

/** Creates a request with an empty body in chunks. */
function coded(...values: readonly string[]): string {
  const codings = values.map((value) => `Transfer-Encoding: ${value}`);
  return request("POST / HTTP/1.1", ["Host: h", ...codings], "0\r\n\r\n");
}

function hosted(...hosts: readonly string[]): string {
  return request("GET / HTTP/1.1", hosts.map((host) => `Host: ${host}`));
}

function targeting(target: string): string {
  return request(`GET ${target} HTTP/1.1`, ["Host: h"]);
}

/** Requests that are rejected on every runtime. */
export const REFUSED: readonly RefusedRequest[] = [
  [
    "Transfer-Encoding with HTTP/1.0",
    400,
    request("POST / HTTP/1.0", ["Transfer-Encoding: chunked"], "0\r\n\r\n"),
  ],
  ["an empty Transfer-Encoding", 400, coded("")],
  ["an empty coding", 400, coded(",chunked")],
  ["chunked twice", 400, coded("chunked, chunked")],
  ["chunked in two fields", 400, coded("chunked", "chunked")],
  ["chunked before another coding", 400, coded("chunked, gzip")],
  ["no Host", 400, hosted()],
  ["an address that is not IPv6", 400, hosted("[:]")],
  ["two groups of IPv6", 400, hosted("[1:2]")],
  ["user information in Host", 400, hosted("user@h")],
  ["a port over 65535", 400, hosted("h:65536")],
  ["two Hosts", 400, hosted("h", "h")],
  ["another scheme", 400, targeting("foo://h/a")],
  ["a fragment", 400, targeting("/a#b")],
];

/** Requests that Bun rejects with another status or sees in another form. */
export const REFUSED_BY_LLHTTP: readonly RefusedRequest[] = [
  ["version 0.9", 505, request("GET / HTTP/0.9", ["Host: h"])],
  ["version 2.0", 505, request("GET / HTTP/2.0", ["Host: h"])],
  ["a target without a host", 400, targeting("http:///a")],
  ["a target with a port alone", 400, targeting("http://:80/a")],
  ["a target with a wrong address", 400, targeting("http://[1:2]/a")],
  ["another coding", 501, coded("gzip, chunked")],
  ["another coding in a field", 501, coded("gzip", "chunked")],
  // RFC 9112 section 6.3: the end of the body is unknown.
  ["another coding alone", 400, coded("gzip")],
];
