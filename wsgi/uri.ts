/**
 * The URI of a request and of its application, made of an environ.
 *
 * @module
 */

import { isByteString, percentEncode } from "./byte_string.ts";
import { describe } from "./describe.ts";

const QUOTED = /[^A-Za-z0-9_.~/-]/g;
const QUOTED_IN_PATH_INFO = /[^A-Za-z0-9_.~/;=,-]/g;

/** Options of {@linkcode requestUri}. */
export interface RequestUriOptions {
  /**
   * Whether `QUERY_STRING` is part of it.
   *
   * @default {true}
   */
  includeQuery?: boolean | undefined;
}

/**
 * Guesses the scheme of a request from the variable `HTTPS`, as CGI servers set
 * it.
 *
 * Python's `wsgiref.util.guess_scheme`.
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
 * `encodeURI()` would take the code units for characters and make UTF-8 of
 * what is UTF-8 already.
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
 * Makes the URI of the application: what its visitors typed, without
 * `PATH_INFO` and `QUERY_STRING`.
 *
 * The host is `HTTP_HOST` as the client sent it; without one, `SERVER_NAME`
 * and `SERVER_PORT`, unless that is the port of the scheme.
 *
 * Python's `wsgiref.util.application_uri`; PEP 3333, "URL Reconstruction".
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

/** Whether the target of a request is an authority. */
function isConnect(environ: Readonly<Record<string, unknown>>): boolean {
  return environ["REQUEST_METHOD"] === "CONNECT" && !environ["PATH_INFO"];
}

/**
 * Makes the full URI of a request: {@linkcode applicationUri}, `PATH_INFO` and
 * `QUERY_STRING`.
 *
 * The URI of `OPTIONS *` and of CONNECT ends with the host: it has no path.
 *
 * It can differ from what the client sent: `PATH_INFO` is decoded, so a `%2F`
 * is a slash now. `REQUEST_URI` has what was sent.
 *
 * Python's `wsgiref.util.request_uri`, which makes `/2A` of `*`; PEP 3333, "URL
 * Reconstruction"; RFC 9112 section 3.3.
 *
 * @param environ The variables of the request.
 * @param options Whether the query is part of it.
 * @returns The URI. The query is in it as it was sent.
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
  // RFC 9112 section 3.3: their targets have no path.
  if (environ["PATH_INFO"] === "*" || isConnect(environ)) {
    return base.replace(/\/$/, "");
  }
  const path = quotePath("PATH_INFO", environ["PATH_INFO"] ?? "");
  // Without SCRIPT_NAME the base ends with the slash that the path begins with.
  const uri = base + (environ["SCRIPT_NAME"] ? path : path.slice(1));
  const query = environ["QUERY_STRING"];
  const { includeQuery = true } = options;
  return includeQuery && typeof query === "string" && query !== ""
    ? `${uri}?${query}`
    : uri;
}
