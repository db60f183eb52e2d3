/**
 * {@linkcode setupTestingDefaults}: creates an environ for a test.
 *
 * @module
 */

import { WSGI_VERSION } from "./base_environ.ts";
import { RequestInput } from "../input/input_stream.ts";
import { StderrStream } from "../../wsgi/error_stream.ts";
import type { Environ } from "../../wsgi/types.ts";
import { guessScheme } from "../../wsgi/uri.ts";

/**
 * Adds the variables that every request has to an environ. Existing variables
 * stay as they are, even if their value is `undefined`.
 *
 * The input is empty and `wsgi.errors` writes to stderr. `SCRIPT_NAME` and
 * `PATH_INFO` are set only if both are absent.
 *
 * Corresponds to Python's `wsgiref.util.setup_testing_defaults`, which does not
 * set `QUERY_STRING`.
 *
 * @param environ The variables that the test is about. The others are added to
 * this object.
 * @returns The same object, complete.
 *
 * @example Usage
 * ```ts
 * import { setupTestingDefaults } from "@wsgi/ref";
 * import { assertEquals } from "@std/assert";
 *
 * const environ = setupTestingDefaults({ PATH_INFO: "/news", SCRIPT_NAME: "" });
 * assertEquals(environ.PATH_INFO, "/news");
 * assertEquals(environ.REQUEST_METHOD, "GET");
 * assertEquals(environ.SERVER_PORT, "80");
 * ```
 */
export function setupTestingDefaults(
  environ: Partial<Environ> = {},
): Environ {
  const variables: Record<string, unknown> = environ;
  const setDefault = (key: string, value: unknown): unknown =>
    Object.hasOwn(variables, key) ? variables[key] : variables[key] = value;
  const name = setDefault("SERVER_NAME", "127.0.0.1");
  setDefault("SERVER_PROTOCOL", "HTTP/1.0");
  setDefault("HTTP_HOST", name);
  setDefault("REQUEST_METHOD", "GET");
  setDefault("QUERY_STRING", "");
  if (
    !Object.hasOwn(variables, "SCRIPT_NAME") &&
    !Object.hasOwn(variables, "PATH_INFO")
  ) {
    variables["SCRIPT_NAME"] = "";
    variables["PATH_INFO"] = "/";
  }
  setDefault("wsgi.version", WSGI_VERSION);
  setDefault("wsgi.run_once", false);
  setDefault("wsgi.multithread", false);
  setDefault("wsgi.multiprocess", false);
  setDefault("wsgi.input", new RequestInput(() => null));
  setDefault("wsgi.errors", new StderrStream());
  const scheme = setDefault("wsgi.url_scheme", guessScheme(variables));
  if (scheme === "http") setDefault("SERVER_PORT", "80");
  if (scheme === "https") setDefault("SERVER_PORT", "443");
  return environ as Environ;
}
