/**
 * Findings that were thrown into the program, until the server sees them.
 *
 * @module
 */

import { ConformanceError } from "./conformance_error.ts";
import type { ValidatorContext } from "./context.ts";

/**
 * Returns whether an error is a given one, or was made from it: as its cause,
 * or as a part of an AggregateError or SuppressedError.
 */
function carries(error: unknown, carried: Error, depth = 0): boolean {
  if (error === carried) return true;
  if (depth === 5) return false;
  try {
    if (!(error instanceof Error)) return false;
    const { cause, error: last, suppressed, errors } = error as Error & {
      error?: unknown;
      suppressed?: unknown;
      errors?: unknown;
    };
    const parts = Array.isArray(errors) ? errors.slice(0, 10) : [];
    return [cause, last, suppressed, ...parts].some((part) =>
      part !== undefined && carries(part, carried, depth + 1)
    );
  } catch {
    // The getters of a user's error may throw.
    return false;
  }
}

/**
 * The finding of one request that was thrown last and that the program may have
 * swallowed since.
 */
export class Undelivered {
  readonly #context: ValidatorContext;
  #error: ConformanceError | undefined;

  /**
   * @param context The layer.
   */
  constructor(context: ValidatorContext) {
    this.#context = context;
  }

  /**
   * Keeps a finding that is about to be thrown. If there was another one, the
   * program has swallowed it, and it is reported.
   *
   * @param error The finding.
   */
  keep(error: ConformanceError): void {
    this.flush();
    this.#error = error;
  }

  /**
   * Forgets a finding: the server sees it.
   *
   * @param error The error that the server sees.
   */
  deliver(error: unknown): void {
    if (this.#error === error) this.#error = undefined;
  }

  /**
   * Passes an error of the program to the server. A finding that it does not
   * carry was swallowed, and is reported.
   *
   * @param error The error.
   */
  raise(error: unknown): void {
    if (this.#error === undefined) return;
    if (carries(error, this.#error)) this.#error = undefined;
    this.flush();
  }

  /** Reports the finding. */
  flush(): void {
    const swallowed = this.#error;
    this.#error = undefined;
    if (swallowed !== undefined) this.#context.reportLost(swallowed.violation);
  }

  /**
   * Throws the finding again.
   *
   * @throws {ConformanceError} If there is one.
   */
  rethrow(): void {
    if (this.#error !== undefined) throw this.#error;
  }
}

/**
 * Picks one of several errors to throw. An error of the program comes before
 * findings, which are then reported.
 *
 * @param errors The errors, at least one.
 * @param context The layer.
 * @returns The error to throw.
 */
export function pickError(
  errors: readonly unknown[],
  context: ValidatorContext,
): unknown {
  const isFinding = (error: unknown): error is ConformanceError =>
    error instanceof ConformanceError;
  const own = errors.findIndex((error) => !isFinding(error));
  const picked = errors[Math.max(own, 0)];
  for (const error of errors) {
    if (error !== picked && isFinding(error)) {
      context.reportLost(error.violation);
    }
  }
  return picked;
}
