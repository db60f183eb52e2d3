/**
 * Middleware that shows what went wrong, for development.
 *
 * ```ts
 * import { errorPage } from "@wsgi/ref/error-page";
 * import { toFetchHandler } from "@wsgi/ref";
 * import { assertEquals, assertStringIncludes } from "@std/assert";
 *
 * const app = errorPage()(() => {
 *   throw new RangeError("Cannot find the page");
 * });
 * const environ = { "wsgi.errors": { write() {}, writelines() {}, flush() {} } };
 * const handler = toFetchHandler(app, { environ });
 * const response = await handler(new Request("http://localhost/"));
 * assertEquals(response.status, 500);
 * assertStringIncludes(await response.text(), "RangeError: Cannot find");
 * ```
 *
 * @module
 */

import { describe } from "../wsgi/describe.ts";
import type { Middleware } from "../wsgi/types.ts";
import { answerFailure } from "./answer_failure.ts";
import { guardFailures } from "./failure_guard.ts";

/** Options of {@linkcode errorPage}. */
export interface ErrorPageOptions {
  /**
   * Whether the program's own lines around the fault are shown. They are read
   * only where the program may read its files without asking.
   *
   * @default {true}
   */
  source?: boolean | undefined;
}

/**
 * Makes middleware that shows what went wrong. It is for development: its page
 * shows parts of your program to every client.
 *
 * Where the application throws, or breaks a rule with the validator inside of
 * this middleware, a browser gets the application, the rule, the message, the
 * hint, the clause, the lines of your program, the stack with its causes and the
 * errors of an `AggregateError`, and the request. Other clients get the same as
 * plain text. Cookies and passwords are hidden. The error is also written to
 * `wsgi.errors`.
 *
 * After the first byte of a response no other answer is possible: the error goes
 * on to the server, and so do errors that the client or a deadline caused.
 *
 * PEP 3333, "Error Handling".
 *
 * @param options What to show.
 * @returns The middleware.
 * @throws {TypeError} If an option is wrong.
 *
 * @example Usage
 * ```ts
 * import { errorPage } from "@wsgi/ref/error-page";
 * import { TestClient } from "@wsgi/ref/test-client";
 * import { validator } from "@wsgi/ref";
 * import { assertEquals, assertStringIncludes } from "@std/assert";
 *
 * const broken = validator((_environ, startResponse) => {
 *   startResponse("OK", [["Content-Type", "text/plain"]]);
 *   return [];
 * });
 * const client = new TestClient(errorPage()(broken), { validate: false });
 * const response = await client.get("/", { headers: { Accept: "text/html" } });
 * assertEquals(response.header("Content-Type"), "text/html; charset=utf-8");
 * assertStringIncludes(response.text(), "three digits and a space");
 * ```
 */
export function errorPage(options: ErrorPageOptions = {}): Middleware {
  const { source } = options;
  if (source !== undefined && typeof source !== "boolean") {
    throw new TypeError(
      `Cannot make the error page: source must be a boolean, got ${
        describe(source)
      }`,
    );
  }
  return (app) =>
    guardFailures(
      app,
      (error, environ) =>
        answerFailure(error, environ, { source: source !== false }),
    );
}
