/**
 * Reconstructs the URIs of a request and its application from an environ.
 *
 * @module
 */

import { isByteString, percentDecode, percentEncode } from "./byte_string.ts";
import { describe } from "./describe.ts";
import type { Environ } from "./types.ts";

const QUOTED = /[^A-Za-z0-9_.~/-]/g;
const QUOTED_IN_PATH_INFO = /[^A-Za-z0-9_.~/;=,-]/g;

/** Options of {@linkcode requestUri}. */
export interface RequestUriOptions {
  /**
   * Whether the URI includes `QUERY_STRING`.
   *
   * @default {true}
   */
  includeQuery?: boolean | undefined;
}

/**
 * Guesses the scheme of a request from the variable `HTTPS` that CGI servers
 * set.
 *
 * Corresponds to Python's `wsgiref.util.guess_scheme`.
 *
 * @param environ The variables of the request.
 * @returns `"https"` if `HTTPS` is exactly `"yes"`, `"on"` or `"1"`, otherwise
 * `"http"`.
 *
 * @example Usage
 * ```ts
 * import { guessScheme } from "@wsgi/ref";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(guessScheme({ HTTPS: "on" }), "https");
 * assertEquals(guessScheme({}), "http");
 * ```
 */
export function guessScheme(
  environ: Readonly<Record<string, unknown>>,
): "http" | "https" {
  const { HTTPS } = environ;
  return HTTPS === "yes" || HTTPS === "on" || HTTPS === "1" ? "https" : "http";
}

function required(
  environ: Readonly<Record<string, unknown>>,
  name: string,
): string {
  const value = environ[name];
  if (typeof value === "string" && value !== "") return value;
  throw new TypeError(
    `Cannot make the URI: ${name} must be a string that is not empty, got ${
      describe(value)
    }`,
  );
}

/**
 * Percent-encodes a path variable, byte by byte.
 *
 * `encodeURI()` would treat the code units as characters and encode UTF-8
 * twice.
 *
 * @param name `SCRIPT_NAME` or `PATH_INFO`, which keeps `;`, `=` and `,` too.
 * @param path The value of the variable.
 * @returns The path in ASCII.
 * @throws {TypeError} If the path is not a ByteString.
 */
function quotePath(
  name: "SCRIPT_NAME" | "PATH_INFO",
  path: unknown,
): string {
  if (typeof path !== "string" || !isByteString(path)) {
    throw new TypeError(
      `Cannot make the URI: ${name} must be a string without characters above U+00FF, got ${
        describe(path)
      }`,
    );
  }
  return path.replace(
    name === "PATH_INFO" ? QUOTED_IN_PATH_INFO : QUOTED,
    percentEncode,
  );
}

/**
 * Returns the URI of the application: the address that its visitors see,
 * without `PATH_INFO` and `QUERY_STRING`.
 *
 * The host is `HTTP_HOST` as the client sent it; without one, `SERVER_NAME`
 * and `SERVER_PORT`, unless that is the port of the scheme.
 *
 * Corresponds to Python's `wsgiref.util.application_uri`; PEP 3333, "URL
 * Reconstruction".
 *
 * @param environ The variables of the request.
 * @returns The URI. It ends with `/` if the application is at the root.
 * @throws {TypeError} If a variable is missing or not a string, or a path is
 * not a ByteString.
 *
 * @example Usage
 * ```ts
 * import { applicationUri, setupTestingDefaults } from "@wsgi/ref";
 * import { assertEquals } from "@std/assert";
 *
 * const environ = setupTestingDefaults({
 *   HTTP_HOST: "example.com",
 *   SCRIPT_NAME: "/shop",
 *   PATH_INFO: "/books",
 * });
 * assertEquals(applicationUri(environ), "http://example.com/shop");
 * ```
 */
export function applicationUri(
  environ: Readonly<Record<string, unknown>>,
): string {
  const scheme = required(environ, "wsgi.url_scheme");
  let host = environ["HTTP_HOST"];
  if (typeof host !== "string" || host === "") {
    const port = required(environ, "SERVER_PORT");
    const isDefault = port === (scheme === "https" ? "443" : "80");
    host = required(environ, "SERVER_NAME") + (isDefault ? "" : `:${port}`);
  }
  const path = quotePath("SCRIPT_NAME", environ["SCRIPT_NAME"] || "/");
  return `${scheme}://${host}${path}`;
}

/** Returns whether the target of a request is an authority. */
function isConnect(environ: Readonly<Record<string, unknown>>): boolean {
  return environ["REQUEST_METHOD"] === "CONNECT" && !environ["PATH_INFO"];
}

/**
 * Returns the full URI of a request: {@linkcode applicationUri}, `PATH_INFO`
 * and `QUERY_STRING`.
 *
 * The URI of `OPTIONS *` and of CONNECT ends with the host: it has no path.
 *
 * It can differ from the URI that the client sent: `PATH_INFO` is decoded, so
 * `%2F` becomes a slash. `REQUEST_URI` is the target as sent.
 *
 * Corresponds to Python's `wsgiref.util.request_uri`, which returns `/2A` for
 * `*`; PEP 3333, "URL Reconstruction"; RFC 9112 section 3.3.
 *
 * @param environ The variables of the request.
 * @param options Whether to include the query.
 * @returns The URI. The query is as it was sent.
 * @throws {TypeError} If a variable is missing or not a string, or a path is
 * not a ByteString.
 *
 * @example Usage
 * ```ts
 * import { requestUri, setupTestingDefaults } from "@wsgi/ref";
 * import { assertEquals } from "@std/assert";
 *
 * const environ = setupTestingDefaults({
 *   HTTP_HOST: "example.com",
 *   SCRIPT_NAME: "/shop",
 *   PATH_INFO: "/caf\xc3\xa9",
 *   QUERY_STRING: "a=1",
 * });
 * assertEquals(requestUri(environ), "http://example.com/shop/caf%C3%A9?a=1");
 * assertEquals(
 *   requestUri(environ, { includeQuery: false }),
 *   "http://example.com/shop/caf%C3%A9",
 * );
 * ```
 */
export function requestUri(
  environ: Readonly<Record<string, unknown>>,
  options: RequestUriOptions = {},
): string {
  const base = applicationUri(environ);
  // RFC 9112 section 3.3: these targets have no path.
  if (environ["PATH_INFO"] === "*" || isConnect(environ)) {
    return base.replace(/\/$/, "");
  }
  const path = quotePath("PATH_INFO", environ["PATH_INFO"] ?? "");
  // Without SCRIPT_NAME, the base ends with the slash that starts the path.
  const uri = base + (environ["SCRIPT_NAME"] ? path : path.slice(1));
  const query = environ["QUERY_STRING"];
  const { includeQuery = true } = options;
  return includeQuery && typeof query === "string" && query !== ""
    ? `${uri}?${query}`
    : uri;
}

/**
 * Returns the path as the client sent it, in which `%2F` and `/` differ.
 *
 * A proxy or a framework may have removed the beginning of the path, which is
 * then missing in `REQUEST_URI` and added to `SCRIPT_NAME`.
 *
 * @param environ The variables of the request.
 * @returns The path of `REQUEST_URI`, after the part of `SCRIPT_NAME` that it
 * lacks; `undefined` if it is absent, or if it does not decode to `SCRIPT_NAME`
 * and `PATH_INFO`.
 */
export function rawPathOf(environ: Environ): string | undefined {
  // A server may omit empty variables.
  const { REQUEST_URI, SCRIPT_NAME = "", PATH_INFO = "" } = environ;
  if (typeof REQUEST_URI !== "string") return undefined;
  const path = REQUEST_URI.replace(/\?.*$/s, "");
  const whole = SCRIPT_NAME + PATH_INFO;
  const decoded = percentDecode(path);
  if (decoded === whole) return path;
  const removed = whole.length - decoded.length;
  const isEnd = path.startsWith("/") && removed <= SCRIPT_NAME.length &&
    whole.endsWith(decoded);
  return isEnd
    ? whole.slice(0, removed).replace(QUOTED, percentEncode) + path
    : undefined;
}

/**
 * Returns the target of a request for display: `REQUEST_URI`, or else the path
 * and query of the other variables.
 */
export function targetOf(environ: Environ): string {
  const { REQUEST_URI, SCRIPT_NAME = "", PATH_INFO = "", QUERY_STRING } =
    environ;
  if (REQUEST_URI) return REQUEST_URI;
  const path = `${SCRIPT_NAME}${PATH_INFO}` || "/";
  return QUERY_STRING ? `${path}?${QUERY_STRING}` : path;
}
