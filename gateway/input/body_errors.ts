/**
 * The errors of request bodies.
 *
 * @module
 */

import { describe } from "../../wsgi/describe.ts";
import { BodyTakenError } from "./body_source.ts";
import { RequestBodyError } from "./request_body_error.ts";

/**
 * Creates the error about a body that is too large.
 *
 * @param maxSize The maximum length in bytes.
 * @param got The length, as the end of the message.
 * @returns The error, with status 413.
 */
export function sizeError(maxSize: number, got: string): RequestBodyError {
  return new RequestBodyError(
    `Cannot read the request body: it must be at most ${maxSize} bytes, got ${got}`,
    413,
  );
}

/**
 * Creates the error about a body that ended too early.
 *
 * @param contentLength The announced length in bytes.
 * @param got How many bytes arrived.
 * @returns The error, with status 400.
 */
export function lengthError(
  contentLength: number,
  got: number,
): RequestBodyError {
  return new RequestBodyError(
    `Cannot read the request body: it must have ${contentLength} bytes as Content-Length says, got ${got}`,
    400,
  );
}

/**
 * Creates the error about a source that failed.
 *
 * @param cause The rejection of the source.
 * @param received How many bytes had arrived.
 * @returns The error, with status 400, or the cause if it is more precise.
 */
export function readError(cause: unknown, received: number): Error {
  // A stream over another input rejects with a more precise error.
  if (cause instanceof RequestBodyError || cause instanceof BodyTakenError) {
    return cause;
  }
  return new RequestBodyError(
    `Cannot read the request body: its stream failed after ${received} bytes`,
    400,
    { cause },
  );
}

/**
 * Creates the error about a stream that contains other values than bytes.
 *
 * @param chunk The value from the stream.
 * @returns The error.
 */
export function chunkError(chunk: unknown): TypeError {
  return new TypeError(
    `Cannot read the request body: every chunk of its stream must be a Uint8Array, got ${
      describe(chunk)
    }`,
  );
}
