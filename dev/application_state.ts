/**
 * The state of the application behind the development server, and the outcome of
 * its last check: plain data, as in {@linkcode Conversation}.
 *
 * @module
 */

import type { SourceExcerpt } from "../middleware/source_excerpt.ts";
import type { DescribedError } from "./conversation.ts";

/** An error that keeps the application from answering. */
export interface Failure {
  readonly error: DescribedError;
  /**
   * What the application was doing: `"loading"` the module, `"running"` (an
   * uncaught exception, a rejected promise, `Deno.exit()`), or `"blocked"` in a
   * loop that never lets go of the thread.
   */
  readonly during: "loading" | "running" | "blocked";
  /** The lines around the fault, where they could be read. */
  readonly excerpt?: SourceExcerpt;
  /** What to do about it. */
  readonly hint?: string;
}

/** The state of the application. */
export type ApplicationState =
  | "running"
  | "loading"
  | { readonly failed: Failure };

/** One case of a check that did not pass. */
export interface FailedCase {
  /** The id of the case, such as `"body/short"`. */
  readonly id: string;
  /** What the case expects, as a sentence. */
  readonly title: string;
  /** The anchor of its requirement in SPEC.md. */
  readonly spec: string;
  readonly message: string;
}

/** The outcome of one run of `checkApplication()`. */
export interface CheckOutcome {
  /** When the run ended, in milliseconds since the epoch. */
  readonly endedAt: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** The cases that failed, in their order. */
  readonly failures: readonly FailedCase[];
  /** The ids of cases that fail now and passed, or did not run, before. */
  readonly newlyFailing: readonly string[];
  /** The ids of cases that pass now and failed before. */
  readonly newlyPassing: readonly string[];
}
