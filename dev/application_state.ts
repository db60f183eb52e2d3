/**
 * The state of the application in the development server, and the outcome of its
 * last check, as plain data.
 *
 * @module
 */

import type { SourceExcerpt } from "../middleware/source_excerpt.ts";
import type { DescribedError } from "./conversation.ts";

/** An error that prevents the application from answering. */
export interface Failure {
  readonly error: DescribedError;
  /**
   * The phase in which it occurred: `"loading"` the module, `"running"` (an
   * uncaught exception, a rejected promise, `Deno.exit()`), or `"blocked"` (a loop
   * that never ends).
   */
  readonly during: "loading" | "running" | "blocked";
  /** The lines around the place of the error, if they could be read. */
  readonly excerpt?: SourceExcerpt;
  /** A way to correct it. */
  readonly hint?: string;
}

/** The state of the application. */
export type ApplicationState =
  | "running"
  | "loading"
  | { readonly failed: Failure };

/** A case of a check that failed. */
export interface FailedCase {
  /** The id of the case, such as `"body/short"`. */
  readonly id: string;
  /** The expectation of the case, as a sentence. */
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
  /** The ids of the cases that have failed since the previous check. */
  readonly newlyFailing: readonly string[];
  /** The ids of the cases that failed in the previous check, and no longer do. */
  readonly newlyPassing: readonly string[];
}
