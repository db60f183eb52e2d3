/**
 * What SPEC.md says an environ holds, worked out the slow way from the parts of
 * a request, with no code of the gateway. And what Deno makes of such a request
 * before the gateway sees it.
 *
 * @module
 */

import type { EnvironOptions } from "../../../gateway/environ/request_environ.ts";

/** A request as the client meant it: nothing in it is joined yet. */
export interface WireRequest {
  readonly method: string;
  readonly target:
    & {
      /** Of the absolute form, which has an authority. */
      readonly scheme?: string;
      readonly user?: string;
      /** Alone, it is the target of CONNECT. */
      readonly authority?: string;
    }
    & { readonly path?: string; readonly query?: string | undefined };
  /** The Host header; `undefined` for none, as HTTP/1.0 allows. */
  readonly host: string | undefined;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** The plain variables of an environ, or the status that refuses the request. */
export type Expected = Record<string, unknown> | 400 | 413;

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const DIGITS = "0123456789";
const HEX = `${DIGITS}ABCDEFabcdef`;
const MUST_BE_WHOLE = ["CONTENT-LENGTH", "CONTENT-TYPE", "SET-COOKIE"];
const NAME_CHARACTERS = `${LETTERS}${DIGITS}-._~!$&'()*+,;=`;

function consistsOf(text: string, characters: string): boolean {
  return [...text].every((one) => characters.includes(one));
}

/** Makes a request as Deno hands it over: all of the target in one URL. */
export function asDenoGives(
  { method, target, host, headers }: WireRequest,
  port: number,
): Request {
  const { scheme = "http", user, authority = host || `localhost:${port}` } =
    target;
  const query = target.query === undefined ? "" : `?${target.query}`;
  const joined = new Headers();
  for (const [name, value] of headers) {
    const before = joined.get(name);
    // Deno's server does so, its Headers do not.
    if (name.toLowerCase() === "cookie" && before !== null) {
      joined.set(name, `${before}; ${value}`);
    } else {
      joined.append(name, value);
    }
  }
  if (host !== undefined) joined.set("host", host);
  // No constructor: it would tidy the URL up.
  const request = {
    method,
    url: `${scheme}://${user === undefined ? "" : `${user}@`}${authority}${
      target.path ?? ""
    }${query}`,
    headers: joined,
    body: null,
  };
  return request as Request;
}

/** RFC 9110 section 7.2: `uri-host [":" port]`; `undefined` if it is none. */
function readAuthority(
  text: string,
): { host: string; port: string } | undefined {
  const isLiteral = text.startsWith("[");
  const end = isLiteral ? text.indexOf("]") + 1 : text.indexOf(":");
  const host = end === -1 ? text : text.slice(0, end);
  const rest = end === -1 ? "" : text.slice(end);
  const isHost = isLiteral
    ? consistsOf(host, `${HEX}:.[]`) && URL.canParse(`http://${host}/`)
    : host.split("%").every((part, index) =>
      index === 0 ? consistsOf(part, NAME_CHARACTERS) : part.length >= 2 &&
        consistsOf(part.slice(0, 2), HEX) &&
        consistsOf(part.slice(2), NAME_CHARACTERS)
    );
  const port = rest.slice(1);
  const isPort = rest === "" || (rest[0] === ":" &&
    consistsOf(port, DIGITS) && BigInt(port) <= 65535n);
  const isOfUrl = text === "" || URL.canParse(`http://${text}/`);
  return isHost && isPort && isOfUrl ? { host, port } : undefined;
}

/** One code unit for each byte of UTF-8. */
function asBytes(text: string): string {
  return [...new TextEncoder().encode(text)]
    .map((byte) => String.fromCharCode(byte)).join("");
}

// environ-path-decoded
function decode(raw: string): string {
  const bytes = asBytes(raw);
  let decoded = "";
  for (let i = 0; i < bytes.length; i++) {
    const digits = bytes.slice(i + 1, i + 3);
    const isEscape = bytes[i] === "%" && digits.length === 2 &&
      consistsOf(digits, HEX);
    decoded += isEscape ? String.fromCharCode(parseInt(digits, 16)) : bytes[i];
    if (isEscape) i += 2;
  }
  return decoded;
}

/** The values of each header, joined as environ-http-repeated says. */
function joinValues(
  headers: WireRequest["headers"],
): ReadonlyMap<string, string> {
  const joined = new Map<string, string>();
  for (const [name, value] of headers) {
    const key = name.toUpperCase();
    const trimmed = value.replace(/^[ \t]+|[ \t]+$/g, "");
    const before = joined.get(key);
    const comma = key === "COOKIE" ? "; " : ", ";
    // Deno 2.9 drops a first value that is empty; of these none
    // may be lost.
    const isLost = before === "" && !MUST_BE_WHOLE.includes(key);
    joined.set(
      key,
      before === undefined || isLost ? trimmed : `${before}${comma}${trimmed}`,
    );
  }
  return joined;
}

/** Whether there is a comma outside of quotes; an open quote is none. */
function hasBareComma(value: string): boolean {
  for (let i = 0; i < value.length; i++) {
    if (value[i] === ",") return true;
    if (value[i] !== '"') continue;
    let end = i + 1;
    while (end < value.length && value[end] !== '"') {
      end += value[end] === "\\" ? 2 : 1;
    }
    if (end < value.length) i = end;
  }
  return false;
}

/** Makes the HTTP_* variables and the two of the content. */
function headerVariables(wire: WireRequest): Record<string, string> | 400 {
  const variables: Record<string, string> = {};
  const joined = joinValues(wire.headers);
  const hasLength = joined.has("CONTENT-LENGTH");
  for (const [name, value] of joined) {
    // environ-http-underscore, environ-http-forbidden
    if (name.includes("_")) continue;
    if (name === "PROXY") continue;
    if (name === "TRANSFER-ENCODING") {
      // server-bad-length; there are no values but "chunked".
      if (value !== "chunked" || hasLength) return 400;
      continue;
    }
    if (name === "CONTENT-LENGTH") {
      // server-bad-length
      if (value === "" || !consistsOf(value, DIGITS)) return 400;
      if (BigInt(value) > 9007199254740991n) return 400;
      variables["CONTENT_LENGTH"] = String(BigInt(value));
    } else if (name === "CONTENT-TYPE") {
      // server-bad-type
      if (hasBareComma(value)) return 400;
      // environ-no-empty
      if (value !== "") variables["CONTENT_TYPE"] = value;
    } else {
      variables[`HTTP_${name.split("-").join("_")}`] = value;
    }
  }
  return variables;
}

/** Tells what environ the gateway has to make of a request from Deno. */
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
  if (read === undefined) return 400;
  const scheme = options.urlScheme ??
    (target.scheme?.toLowerCase() === "https" ? "https" : "http");
  const number = read.port === ""
    ? (scheme === "https" ? 443 : 80)
    : Number(read.port);
  // environ-server-port
  if (number < 1 || number > 65535) return 400;
  const uri = (target.path ?? "") +
    (target.query === undefined ? "" : `?${target.query}`);
  // environ-no-fragment
  if (uri.includes("#")) return 400;
  const fromHeaders = headerVariables(wire);
  if (fromHeaders === 400) return 400;
  // server-body-limit
  const length = Number(fromHeaders["CONTENT_LENGTH"] ?? 0);
  if (length > (options.maxRequestBodySize ?? Infinity)) return 413;

  const path = target.path || "/";
  const expected: Record<string, unknown> = {
    ...fromHeaders,
    REQUEST_METHOD: method,
    SCRIPT_NAME: "",
    PATH_INFO: method === "CONNECT" ? "" : decode(path),
    QUERY_STRING: asBytes(target.query ?? ""),
    REQUEST_URI: method === "CONNECT"
      ? authority
      : asBytes(uri.startsWith("/") ? uri : `/${uri}`),
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
  if (scheme === "https") expected["HTTPS"] = "on";
  // environ-http-host; section 10.1 says when Deno leaves no way to know.
  const isUnknown = !host && scheme === "http" &&
    options.serverPort !== undefined &&
    (authority === "localhost" ||
      authority === `localhost:${options.serverPort}`);
  if (!isUnknown) expected["HTTP_HOST"] = authority;
  else if (host !== undefined) expected["HTTP_HOST"] = host;
  return { ...expected, ...options.environ };
}
