/**
 * The error for a request that the server must refuse, with its status.
 *
 * @module
 */

/** The statuses with which a server refuses a request. */
export type RefusalStatus =
  | 400
  | 408
  | 413
  | 414
  | 417
  | 431
  | 500
  | 501
  | 503
  | 505;

/**
 * Thrown for a request that is malformed, exceeds a limit, or asks for
 * something that this server does not support. The application is not called.
 * The connection cannot be used afterwards, because the beginning of the next
 * request is unknown.
 *
 * RFC 9112 section 2.2; RFC 9110 section 15.5.
 */
export class RequestError extends Error {
  /** The name of the class, as in the first line of a stack trace. */
  override readonly name = "RequestError";
  /** The status of the response. */
  readonly status: RefusalStatus;

  /**
   * Creates the error.
   *
   * @param message The problem with the request, without a final period.
   * @param status The status of the response.
   */
  constructor(message: string, status: RefusalStatus = 400) {
    super(message);
    this.status = status;
  }
}
