/**
 * Writing log lines so that no response waits for them.
 *
 * @module
 */

import { StderrStream } from "./error_stream.ts";

/** How long a line may wait for others, in milliseconds. */
const PATIENCE = 50;

/** How many lines may wait. */
const MAX_WAITING = 1_000;

/** Gathers lines and writes them together, after the responses they are about. */
export class LogWriter {
  readonly #write: (text: string) => void;
  #lines: string[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param write Takes the lines, each with its line feed. Without it they go
   * to stderr.
   */
  constructor(write?: (text: string) => void) {
    const stderr = new StderrStream();
    this.#write = write ?? ((text) => stderr.write(text));
  }

  /**
   * Adds a line.
   *
   * @param line The line, without its line feed.
   */
  add(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length >= MAX_WAITING) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), PATIENCE);
  }

  /** Writes what waits. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#lines.length === 0) return;
    const text = `${this.#lines.join("\n")}\n`;
    this.#lines = [];
    this.#write(text);
  }
}
