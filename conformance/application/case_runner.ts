/**
 * Runs cases one after the other, and collects late violations and unhandled
 * errors.
 *
 * @module
 */

import type { Violation } from "../../validator/violation.ts";
import { type CaseReport, type Outcome, Transcript } from "../report.ts";
import {
  type ApplicationCase,
  ApplicationClient,
  type ApplicationSettings,
  explain,
  toLine,
} from "./client.ts";

/** The properties of the two types of events. */
interface EscapeEvent extends Event {
  readonly reason?: unknown;
  readonly error?: unknown;
}

const ESCAPE_TYPES = ["unhandledrejection", "error"] as const;

/**
 * Collects unhandled errors until it is disposed: unhandled rejections, and
 * errors thrown in timers. They do not end the process meanwhile. Has no effect
 * in runtimes without these events.
 */
export class EscapedErrors implements Disposable {
  readonly #found: unknown[] = [];
  readonly #listener = (event: Event): void => {
    event.preventDefault();
    const { reason, error } = event as EscapeEvent;
    this.#found.push(event.type === "error" ? error : reason);
  };

  constructor() {
    for (const type of ESCAPE_TYPES) {
      globalThis.addEventListener?.(type, this.#listener);
    }
  }

  /** Returns the errors since the last call. */
  take(): unknown[] {
    return this.#found.splice(0);
  }

  [Symbol.dispose](): void {
    for (const type of ESCAPE_TYPES) {
      globalThis.removeEventListener?.(type, this.#listener);
    }
  }
}

/** How long to wait for errors of unfinished work, in milliseconds. */
const LINGER_MS = 100;

/**
 * The last case. It sends no request. It waits, and reports what was found
 * after the end of a request.
 */
export const NOTHING_LEFT: ApplicationCase = {
  id: "application/nothing-left",
  spec: "async-no-work-left",
  title: "After a request, nothing keeps running and no error is unhandled",
  isOnce: true,
  run: () => new Promise((resolve) => setTimeout(resolve, LINGER_MS)),
};

/** The maximum number of lines in a message. */
const MAX_LINES = 5;

/** Runs cases one after the other, and collects late errors. */
export class CaseRunner {
  readonly #settings: ApplicationSettings;
  readonly #paths: readonly string[];
  readonly #escapes: EscapedErrors;
  /** The rules with a warning; each is listed once. */
  readonly #warned = new Set<string>();
  /** Problems that were found after the end of their case. */
  readonly #late: string[] = [];
  readonly #lateWarnings: Violation[] = [];

  /**
   * @param settings The settings for all requests.
   * @param paths The targets that the application knows.
   * @param escapes Collects unhandled errors.
   */
  constructor(
    settings: Omit<ApplicationSettings, "onLate">,
    paths: readonly string[],
    escapes: EscapedErrors,
  ) {
    this.#settings = {
      ...settings,
      onLate: (violation) => this.#addLate(violation),
    };
    this.#paths = paths;
    this.#escapes = escapes;
  }

  /** Whether a problem was found after the end of its case. */
  get hasLate(): boolean {
    return this.#late.length > 0;
  }

  /**
   * Runs one case for each path.
   *
   * @param one The case to run.
   * @returns The result, for all paths together.
   */
  async run(one: ApplicationCase): Promise<CaseReport> {
    const transcript = new Transcript();
    const begin = performance.now();
    const problems: string[] = [];
    const warnings: Violation[] = [];
    const skips: string[] = [];
    const paths = one.isOnce ? this.#paths.slice(0, 1) : this.#paths;
    for (const path of paths) {
      const client = new ApplicationClient(this.#settings, path, transcript);
      const skip = await one.run(client, path);
      problems.push(...client.problems);
      warnings.push(...client.warnings);
      if (typeof skip === "string") skips.push(skip);
    }
    this.#takeEscapes(one.id);
    if (one === NOTHING_LEFT) {
      problems.push(...new Set(this.#late));
      warnings.push(...this.#lateWarnings);
    }
    const outcome: Outcome = problems.length > 0
      ? "failed"
      : skips.length === paths.length
      ? "skipped"
      : "passed";
    return {
      id: one.id,
      spec: one.spec,
      title: one.title,
      outcome,
      message: this.#message(
        outcome === "skipped" ? skips.slice(0, 1) : problems,
        warnings,
      ),
      duration: performance.now() - begin,
      exchanged: transcript.entries,
    };
  }

  #addLate(violation: Violation): void {
    if (violation.severity === "warning") this.#lateWarnings.push(violation);
    else this.#late.push(explain(violation));
  }

  /** Only the time of an unhandled error is known, not its request. */
  #takeEscapes(during: string): void {
    for (const error of this.#escapes.take()) {
      this.#late.push(
        `no error must be unhandled, got ${toLine(error)}, during ${during}`,
      );
    }
  }

  #message(
    problems: readonly string[],
    warnings: readonly Violation[],
  ): string | undefined {
    const lines = problems.slice(0, MAX_LINES);
    if (problems.length > MAX_LINES) {
      lines.push(`and ${problems.length - MAX_LINES} more`);
    }
    for (const violation of warnings) {
      if (this.#warned.has(violation.rule)) continue;
      this.#warned.add(violation.rule);
      lines.push(`warning: ${explain(violation)}`);
    }
    return lines.length === 0 ? undefined : lines.join("\n");
  }
}
