/**
 * {@linkcode RequestBodyError}: the error if a request body cannot be read.
 *
 * @module
 */

/**
 * The error if the request body cannot be read to its end.
 *
 * The methods of `wsgi.input` reject with it, so that a body that was cut short
 * is never mistaken for a complete one. If an application does not catch it,
 * the server responds with its {@linkcode RequestBodyError.status}.
 *
 * PEP 3333, "Input and Error Streams"; RFC 9110 sections 15.5.1 and 15.5.14.
 *
 * @example Respond to a body that is too large
 * ```ts
 * import { RequestBodyError } from "@wsgi/ref";
 * import { assertEquals } from "@std/assert";
 *
 * function statusOf(error: unknown): number {
 *   return error instanceof RequestBodyError ? error.status : 500;
 * }
 *
 * const error = new RequestBodyError("Cannot read the request body", 413);
 * assertEquals(statusOf(error), 413);
 * assertEquals(statusOf(new Error("other")), 500);
 * ```
 */
export class RequestBodyError extends Error {
  /**
   * The name of the class: `"RequestBodyError"`.
   *
   * @example Recognize the error by its name
   * ```ts
   * import { RequestBodyError } from "@wsgi/ref";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(new RequestBodyError("Cannot read", 400).name, "RequestBodyError");
   * ```
   */
  override readonly name = "RequestBodyError";

  /**
   * The status of the response: 400 if the body was cut short, 413 if it
   * exceeds the limit of the server.
   *
   * @example Read the status
   * ```ts
   * import { RequestBodyError } from "@wsgi/ref";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(new RequestBodyError("Cannot read", 400).status, 400);
   * ```
   */
  readonly status: 400 | 413;

  /**
   * Creates an error.
   *
   * @param message The message: "Cannot …: reason".
   * @param status 400 or 413.
   * @param options Its `cause` is the error of the connection, if there was
   * one.
   */
  constructor(message: string, status: 400 | 413, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}
