/**
 * {@linkcode RateLimitedLog}: limits log lines that clients can cause, so that
 * they cannot fill the disk.
 *
 * @module
 */

import type { RequestError } from "../http1/request_error.ts";
import { escapeControls } from "../wsgi/describe.ts";
import { StderrStream } from "../wsgi/error_stream.ts";
import type { ErrorStream } from "../wsgi/types.ts";

/** The length of the window in which lines are counted, in milliseconds. */
const WINDOW_MS = 10_000;

/** The maximum number of lines per window. */
const MAX_LINES = 20;

/**
 * Writes the first lines in each window of ten seconds, and counts the others.
 */
export class RateLimitedLog {
  readonly #errors: ErrorStream;
  #began = -Infinity;
  #lines = 0;
  #dropped = 0;

  /**
   * @param errors The stream that receives the lines.
   */
  constructor(errors: ErrorStream) {
    this.#errors = errors;
  }

  /**
   * Writes a line, unless the maximum is reached.
   *
   * @param message The line; control characters are escaped.
   */
  add(message: string): void {
    const now = performance.now();
    if (now - this.#began >= WINDOW_MS) {
      this.close();
      this.#began = now;
      this.#lines = 0;
    }
    if (this.#lines === MAX_LINES) {
      this.#dropped++;
      return;
    }
    this.#lines++;
    this.#write(escapeControls(message.trimEnd()));
  }

  /** Writes how many lines were omitted since the last one. */
  close(): void {
    if (this.#dropped > 0) {
      this.#write(`${this.#dropped} more lines like these`);
    }
    this.#dropped = 0;
  }

  #write(line: string): void {
    try {
      this.#errors.write(`${line}\n`);
    } catch {
      // The log itself is broken. The server continues without it.
    }
  }
}

/**
 * Creates the log of a gateway that does not belong to a server of this
 * package.
 *
 * @param environ The additional variables, which may include `wsgi.errors`.
 * @returns The log, which writes to `wsgi.errors` or stderr.
 */
export function createLog(
  environ: Readonly<Record<string, unknown>> | undefined,
): RateLimitedLog {
  const errors = environ?.["wsgi.errors"] as ErrorStream | undefined;
  return new RateLimitedLog(errors ?? new StderrStream());
}

/**
 * Describes a rejected request for the log.
 *
 * @param error The reason of the rejection.
 * @param client The address of the client, if known.
 * @returns One line.
 */
export function describeRefusal(
  { message, status }: RequestError,
  client: string | undefined,
): string {
  return `Refused a request from ${
    client ?? "a client"
  } with ${status}: ${message}`;
}
