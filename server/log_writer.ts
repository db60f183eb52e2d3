/**
 * Writing log lines so that no response waits for them.
 *
 * @module
 */

import { StderrStream } from "../wsgi/error_stream.ts";

/** How long a line may wait for others, in milliseconds. */
const PATIENCE = 50;

/** How many lines may wait. */
const MAX_WAITING = 1_000;

/**
 * Gathers what is to be logged, and formats and writes it together, after the
 * responses that it is about.
 */
export class LogWriter<T> {
  readonly #format: (item: T) => string;
  readonly #write: (text: string) => void;
  #waiting: T[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  /**
   * @param format Makes the line of an item, without its line feed.
   * @param write Takes the lines, each with its line feed. Without it they go
   * to stderr.
   */
  constructor(format: (item: T) => string, write?: (text: string) => void) {
    const stderr = new StderrStream();
    this.#format = format;
    this.#write = write ?? ((text) => stderr.write(text));
  }

  /**
   * Adds an item.
   *
   * @param item What is to be logged.
   */
  add(item: T): void {
    const waiting = this.#waiting.push(item);
    if (this.#closed || waiting >= MAX_WAITING) this.flush();
    // Later: Deno's first setTimeout() of all runs the promise jobs that wait.
    else if (waiting === 1) queueMicrotask(() => this.#startTimer());
  }

  #startTimer(): void {
    if (this.#waiting.length === 0) return;
    this.#timer ??= setTimeout(() => this.flush(), PATIENCE);
  }

  /** Writes what waits. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.length === 0) return;
    const lines = this.#waiting.map((item) => `${this.#format(item)}\n`);
    this.#waiting = [];
    this.#write(lines.join(""));
  }

  /** Writes what waits, and from now on everything at once. */
  close(): void {
    this.#closed = true;
    this.flush();
  }
}
