/**
 * {@linkcode applicationUri}: where an application is to be found.
 *
 * @module
 */

import { describe } from "./describe.ts";
import { quotePath } from "./quote_path.ts";

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
