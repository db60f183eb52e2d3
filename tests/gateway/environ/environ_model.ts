/**
 * A model of the environ that SPEC.md requires, without code of the gateway, and
 * of the `Request` that Deno makes of the same request.
 *
 * @module
 */

import type { EnvironOptions } from "../../../gateway/environ/request_environ.ts";

/** A request as the client sends it: nothing in it is joined yet. */
export interface WireRequest {
  readonly method: string;
  readonly target: {
    /** Only in the absolute form, which has an authority. */
    readonly scheme?: string;
    readonly user?: string | undefined;
    /** Without a path, it is the target of CONNECT. */
    readonly authority?: string;
    readonly path?: string;
    readonly query?: string | undefined;
  };
  /** The Host header; `undefined` for none, as HTTP/1.0 allows. */
  readonly host: string | undefined;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** The plain variables of an environ, or the status that rejects the request. */
export type Expected = Record<string, unknown> | 400 | 413 | 501;

function queryOf({ target: { query } }: WireRequest): string {
  return query === undefined ? "" : `?${query}`;
}

/** Creates a request as Deno passes it on: all of the target in one URL. */
export function asDenoGives(wire: WireRequest, port: number): Request {
  const { method, target, host, headers } = wire;
  const { scheme = "http", user, authority = host || `localhost:${port}` } =
    target;
  const joined = new Headers();
  for (const [name, value] of headers) {
    const before = joined.get(name);
    // Deno's server joins cookies with a semicolon, its Headers do not.
    if (/^cookie$/i.test(name) && before !== null) {
      joined.set(name, `${before}; ${value}`);
    } else joined.append(name, value);
  }
  if (host !== undefined) joined.set("host", host);
  const server = user === undefined ? authority : `${user}@${authority}`;
  const url = `${scheme}://${server}${target.path ?? ""}${queryOf(wire)}`;
  // Not the constructor, which would normalize the URL.
  return { method, url, headers: joined, body: null } as unknown as Request;
}

// RFC 9110 section 7.2: uri-host [":" port]
const AUTHORITY =
  /^(\[[\dA-F:.]*\]|(?:[\w\-.~!$&'()*+,;=]|%[\dA-F]{2})*)(?::(\d*))?$/i;

function readAuthority(
  text: string,
): { host: string; port: string } | undefined {
  const [, host = "", port = ""] = AUTHORITY.exec(text) ?? [undefined, "?"];
  const isForUrl = (text: string) => URL.canParse(`http://${text}/`);
  const isValid = host !== "?" && Number(port) <= 65535 &&
    (text === "" || isForUrl(text)) && (host[0] !== "[" || isForUrl(host));
  return isValid ? { host, port } : undefined;
}

/** One code unit for each byte of UTF-8. */
function asBytes(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text));
}

// environ-path-decoded
function decode(raw: string): string {
  return asBytes(raw).replace(
    /%([\dA-F]{2})/gi,
    (_, digits) => String.fromCharCode(parseInt(digits, 16)),
  );
}

const MUST_BE_WHOLE = ["CONTENT-LENGTH", "CONTENT-TYPE", "SET-COOKIE"];

/** The values of each header, joined as environ-http-repeated says. */
function joinValues(
  headers: WireRequest["headers"],
): ReadonlyMap<string, string> {
  const joined = new Map<string, string>();
  for (const [name, value] of headers) {
    const key = name.toUpperCase();
    const trimmed = value.replace(/^[ \t]+|[ \t]+$/g, "");
    const before = joined.get(key);
    // Deno 2.9 drops a first value that is empty; of these none may be lost.
    const isLost = before === "" && !MUST_BE_WHOLE.includes(key);
    const isFirst = before === undefined || isLost;
    const separator = key === "COOKIE" ? "; " : ", ";
    joined.set(key, isFirst ? trimmed : `${before}${separator}${trimmed}`);
  }
  return joined;
}

/** Creates the HTTP_* variables, CONTENT_TYPE and CONTENT_LENGTH. */
function headerVariables(
  wire: WireRequest,
): Record<string, string> | 400 | 501 {
  const variables: Record<string, string> = {};
  const joined = joinValues(wire.headers);
  for (const [name, value] of joined) {
    // environ-http-underscore, environ-http-forbidden
    if (name.includes("_") || name === "PROXY") continue;
    if (name === "CONTENT-LENGTH") {
      // server-bad-length
      if (!/^\d+$/.test(value) || BigInt(value) > 2n ** 53n - 1n) return 400;
      variables["CONTENT_LENGTH"] = String(BigInt(value));
    } else if (name === "CONTENT-TYPE") {
      // server-bad-type: a comma outside of quotes
      if (value.replace(/"(?:[^"\\]|\\.)*"/g, "").includes(",")) return 400;
      // environ-no-empty
      if (value !== "") variables["CONTENT_TYPE"] = value;
    } else if (name !== "TRANSFER-ENCODING") {
      variables[`HTTP_${name.replaceAll("-", "_")}`] = value;
    }
  }
  // server-bad-length
  const coding = joined.get("TRANSFER-ENCODING")?.toLowerCase();
  if (coding === undefined) return variables;
  const isMalformed = /^(.*,)? *(,|$)|chunked *,/.test(coding);
  if (joined.has("CONTENT-LENGTH") || isMalformed) return 400;
  return coding === "chunked" ? variables : 501;
}

/** Returns the environ that the gateway must make of a request from Deno. */
export function expectEnviron(
  wire: WireRequest,
  options: EnvironOptions,
  port: number,
): Expected {
  const { target, host, method } = wire;
  if (!/^https?$/i.test(target.scheme ?? "http")) return 400;
  // server-bad-host
  if (host !== undefined && readAuthority(host) === undefined) return 400;
  const authority = target.authority ?? (host || `localhost:${port}`);
  const read = readAuthority(authority);
  const uri = (target.path ?? "") + queryOf(wire);
  // environ-no-fragment
  if (read === undefined || uri.includes("#")) return 400;
  const isHttps = /^https$/i.test(options.urlScheme ?? target.scheme ?? "");
  const scheme = isHttps ? "https" : "http";
  const number = Number(read.port || (isHttps ? 443 : 80));
  // environ-server-port
  if (number === 0) return 400;
  const variables = headerVariables(wire);
  if (typeof variables === "number") return variables;
  // server-body-limit
  const length = Number(variables["CONTENT_LENGTH"] ?? 0);
  if (length > (options.maxRequestBodySize ?? Infinity)) return 413;

  const isConnect = method === "CONNECT";
  const rooted = uri.startsWith("/") ? uri : `/${uri}`;
  const expected: Record<string, unknown> = {
    ...variables,
    REQUEST_METHOD: method,
    SCRIPT_NAME: "",
    PATH_INFO: isConnect ? "" : decode(target.path || "/"),
    QUERY_STRING: asBytes(target.query ?? ""),
    REQUEST_URI: isConnect ? authority : asBytes(rooted),
    SERVER_NAME: options.serverName ?? (read.host || "localhost"),
    SERVER_PORT: String(options.serverPort ?? number),
    SERVER_PROTOCOL: "HTTP/1.1",
    SERVER_SOFTWARE: options.serverSoftware ?? "wsgiref/0.1.0",
    GATEWAY_INTERFACE: "CGI/1.1",
    "wsgi.url_scheme": scheme,
    "wsgi.multithread": false,
    "wsgi.multiprocess": options.multiprocess ?? false,
    "wsgi.run_once": false,
    "wsgi.input_terminated": true,
  };
  if (isHttps) expected["HTTPS"] = "on";
  // environ-http-host; section 10.1 says when Deno leaves no way to know.
  const isUnknown = !host && !isHttps && options.serverPort !== undefined &&
    ["localhost", `localhost:${options.serverPort}`].includes(authority);
  if (!isUnknown) expected["HTTP_HOST"] = authority;
  else if (host !== undefined) expected["HTTP_HOST"] = host;
  return { ...expected, ...options.environ };
}
