/**
 * The errors with which a request body fails.
 *
 * @module
 */

import { describe } from "../../wsgi/describe.ts";
import { BodyTakenError } from "./body_source.ts";
import { RequestBodyError } from "./request_body_error.ts";

/**
 * Creates the error about a body that is too large.
 *
 * @param maxSize The greatest length in bytes.
 * @param got What the length is, in words.
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
 * @param contentLength Its length in bytes, as it was announced.
 * @param got How many bytes came.
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
 * @param cause What the source rejected with.
 * @param received How many bytes had come.
 * @returns The error, with status 400; the cause itself where that says more.
 */
export function readError(cause: unknown, received: number): Error {
  // A stream over another input gives the more exact error itself.
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
 * Creates the error about a stream that holds other things than bytes.
 *
 * @param chunk What the stream gave.
 * @returns The error.
 */
export function chunkError(chunk: unknown): TypeError {
  return new TypeError(
    `Cannot read the request body: every chunk of its stream must be a Uint8Array, got ${
      describe(chunk)
    }`,
  );
}
