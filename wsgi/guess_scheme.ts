/**
 * {@linkcode guessScheme}: whether a CGI environ came over TLS.
 *
 * @module
 */

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
