/**
 * {@linkcode RateLimitedLog}: lines about clients, who must not fill a disk.
 *
 * @module
 */

import type { RequestError } from "../http1/request_error.ts";
import { escapeControls } from "../wsgi/describe.ts";
import { StderrStream } from "../wsgi/error_stream.ts";
import type { ErrorStream } from "../wsgi/types.ts";

/** For how long lines are counted, in milliseconds. */
const WINDOW_MS = 10_000;

/** How many lines are written in that time. */
const MAX_LINES = 20;

/** Writes the first lines of each ten seconds, and counts the others. */
export class RateLimitedLog {
  readonly #errors: ErrorStream;
  #began = -Infinity;
  #lines = 0;
  #dropped = 0;

  /**
   * @param errors Where the lines go.
   */
  constructor(errors: ErrorStream) {
    this.#errors = errors;
  }

  /**
   * Writes a line, unless there were many just before.
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

  /** Says how many lines were left out since the last one. */
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
      // The log itself is broken. The server goes on without it.
    }
  }
}

/**
 * Creates the log of a gateway that has no server of its own around it.
 *
 * @param environ The variables that its user adds, perhaps a `wsgi.errors`.
 * @returns The log.
 */
export function createLog(
  environ: Readonly<Record<string, unknown>> | undefined,
): RateLimitedLog {
  const errors = environ?.["wsgi.errors"] as ErrorStream | undefined;
  return new RateLimitedLog(errors ?? new StderrStream());
}

/**
 * Describes a request that no application sees, for the log.
 *
 * @param error Why it was refused.
 * @param client The address of the client, where it is known.
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
