/**
 * {@linkcode requestUri}: the URL of a request.
 *
 * @module
 */

import { applicationUri } from "./uri.ts";
import { quotePath } from "./quote_path.ts";

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
 * Makes the full URI of a request: {@linkcode applicationUri}, `PATH_INFO` and
 * `QUERY_STRING`.
 *
 * It can differ from what the client sent: `PATH_INFO` is decoded, so a `%2F`
 * is a slash now. `REQUEST_URI` has what was sent.
 *
 * Python's `wsgiref.util.request_uri`; PEP 3333, "URL Reconstruction".
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
  const path = quotePath("PATH_INFO", environ["PATH_INFO"] ?? "");
  // Without SCRIPT_NAME the base ends with the slash that the path begins with.
  const uri = base + (environ["SCRIPT_NAME"] ? path : path.slice(1));
  const query = environ["QUERY_STRING"];
  const { includeQuery = true } = options;
  return includeQuery && typeof query === "string" && query !== ""
    ? `${uri}?${query}`
    : uri;
}
