/**
 * {@linkcode RequestBodyError}: why a request body could not be read.
 *
 * @module
 */

/**
 * Says that the request body could not be read to its end.
 *
 * What the methods of `wsgi.input` reject with, so that a body that was cut
 * short can never be taken for one that has ended. An application that has no
 * better answer sends a response with this {@linkcode RequestBodyError.status}.
 *
 * PEP 3333, "Input and Error Streams"; RFC 9110 sections 15.5.1 and 15.5.14.
 *
 * @example Answer a body that is too large
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
   * The status of a fitting response: 400 when the body was cut short, 413 when
   * it is over the limit of the server.
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
   * Makes an error.
   *
   * @param message What could not be done, and why.
   * @param status 400 or 413.
   * @param options `cause` is the error of the connection, if there was one.
   */
  constructor(message: string, status: 400 | 413, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}
