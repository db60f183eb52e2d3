/**
 * The access log of a server: one record for each request, written so that no
 * response waits for it.
 *
 * @module
 */

import {
  type AccessLogger,
  type AccessRecord,
  deliver,
  formatCommon,
} from "../gateway/access_record.ts";
import { StderrStream } from "../wsgi/error_stream.ts";
import { LogEntry } from "./log_entry.ts";

/** How long a line may wait for others, in milliseconds. */
const FLUSH_DELAY_MS = 50;

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
    this.#timer ??= setTimeout(() => this.flush(), FLUSH_DELAY_MS);
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

/** The access log of one server. */
export class AccessLog {
  readonly #logger: AccessLogger;
  readonly #writer: LogWriter<AccessRecord> | undefined;

  /**
   * @param logger Gets each record, after its response was handed over. Without
   * it, lines in Common Log Format go to stderr.
   */
  constructor(logger?: AccessLogger) {
    if (logger === undefined) {
      const writer = this.#writer = new LogWriter(formatCommon);
      this.#logger = (record) => writer.add(record);
    } else {
      const errors = new StderrStream();
      this.#logger = (record) =>
        queueMicrotask(() => deliver(logger, record, errors));
    }
  }

  /**
   * Begins the record of a request.
   *
   * @param request The request.
   * @param info What the runtime passes with it.
   * @returns What is told how it ended.
   */
  begin(request: Request, info: unknown): LogEntry {
    return new LogEntry(request, info, this.#logger);
  }

  /** Writes what waits. */
  flush(): void {
    this.#writer?.flush();
  }

  /** Writes what waits, and keeps nothing back from now on. */
  close(): void {
    this.#writer?.close();
  }
}
