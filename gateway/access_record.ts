/**
 * The record of a finished request: its fields, and how it is passed to an
 * access logger.
 *
 * @module
 */

import { describe, isThenable } from "../wsgi/describe.ts";
import type { ErrorStream } from "../wsgi/types.ts";
import { formatError } from "./error_response.ts";

/** One finished request. */
export interface AccessRecord {
  /** When the request arrived. */
  readonly time: Date;
  /** The address of the client, `undefined` on a Unix socket. */
  readonly remoteAddress: string | undefined;
  /** The user, if a server in front has authenticated one. */
  readonly remoteUser: string | undefined;
  /** The method, such as `"GET"`. */
  readonly method: string;
  /**
   * The target as it was sent: the raw path and query, or a whole URL, whose
   * authority may differ from the Host header.
   */
  readonly target: string;
  /** The protocol, such as `"HTTP/1.1"`. */
  readonly protocol: string;
  /**
   * The status code of the response; 0 if the client left before a response was
   * started.
   */
  readonly status: number;
  /** How many bytes of the response body were passed on for sending. */
  readonly bytesSent: number;
  /** How long the request took, in milliseconds. */
  readonly duration: number;
  /** Whether the client left before the response was complete. */
  readonly clientLeft: boolean;
  /**
   * Why the response was cut off, such as `"RangeError: no more rows"`. Absent
   * if the response is complete or the client has left.
   */
  readonly failure?: string | undefined;
  /** The `Referer` header. */
  readonly referer: string | undefined;
  /** The `User-Agent` header. */
  readonly userAgent: string | undefined;
}

/** Receives the record of each request. Its return value is ignored. */
export type AccessLogger = (record: AccessRecord) => unknown;

/**
 * The longest part of a message that is logged. `wsgi.errors` has all of it.
 */
const MAX_FAILURE_LENGTH = 200;

/**
 * Describes in a record why a response was cut off.
 *
 * @param reason The thrown value, or the reason why the request ended early.
 * @returns The error's name and message, cut to 200 characters.
 */
export function describeFailure(reason: unknown): string {
  try {
    if (!(reason instanceof Error)) return `thrown: ${describe(reason)}`;
    return `${reason.name}: ${reason.message}`.slice(0, MAX_FAILURE_LENGTH);
  } catch {
    return "an error that cannot be described";
  }
}

/**
 * Calls an access logger. If it throws or returns a promise that rejects, the
 * error is logged and does not affect the request.
 *
 * @param logger The access logger.
 * @param record The record that is passed to it.
 * @param errors The stream to which a failure is written.
 */
export function deliver(
  logger: AccessLogger,
  record: AccessRecord,
  errors: ErrorStream,
): void {
  const complain = (error: unknown): void =>
    errors.write(`The access log failed: ${formatError(error)}`);
  try {
    const result: unknown = logger(record);
    if (isThenable(result)) result.then(undefined, complain);
  } catch (error) {
    complain(error);
  }
}
