/**
 * Middleware that shows errors in the browser, for development.
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
   * Whether the page shows the lines of your program around the error. The
   * files are read only if the permission has already been granted.
   *
   * @default {true}
   */
  source?: boolean | undefined;
}

/**
 * Returns middleware that shows errors as a page. Use it in development only:
 * the page shows parts of your program to every client.
 *
 * The page appears if the application throws, or if it breaks a rule and this
 * middleware wraps the validator. It shows the application, the rule, the
 * message, the hint, the clause, the lines of your program, the stack with its
 * causes and the errors of an `AggregateError`, and the request. Clients that
 * do not ask for HTML get the same as plain text. Cookies and passwords are
 * hidden. The error is also written to `wsgi.errors`.
 *
 * Once the first byte of a response has been sent, it cannot be replaced, so
 * the error is passed on to the server. Errors that the client or a deadline
 * caused are also passed on.
 *
 * PEP 3333, "Error Handling".
 *
 * @param options The options. They are read once.
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
