/**
 * {@linkcode RateLimitedLog}: lines about clients, who must not fill a disk.
 *
 * @module
 */

import { escapeControls } from "../wsgi/describe.ts";
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
