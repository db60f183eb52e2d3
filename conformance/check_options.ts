/**
 * Options that both parts of the kit share.
 *
 * @module
 */

import { describe } from "../wsgi/describe.ts";
import { globToRegExp } from "../wsgi/glob.ts";
import type { CaseReport } from "./report.ts";

/** Options of `checkServer()` and `checkApplication()`. */
export interface CheckOptions {
  /**
   * Which cases to run: globs for their ids, such as `"environ/*"`, where `*`
   * stands for any characters. Other cases are not in the report.
   *
   * @default {all of them}
   */
  cases?: readonly string[] | undefined;
  /**
   * How long the server or the application may be silent, in milliseconds; at
   * least 1.
   *
   * @default {3000}
   */
  timeout?: number | undefined;
  /**
   * Called after each case.
   *
   * @param report The result of the case.
   * @param done How many cases have ended, including this one.
   * @param total The number of all cases.
   */
  onCase?:
    | ((report: CaseReport, done: number, total: number) => void)
    | undefined;
}

/**
 * Creates a function that matches ids against globs.
 *
 * @param globs Patterns in which `*` stands for any characters.
 * @returns A function that returns whether any glob matches an id. Without
 * globs, it always returns true.
 * @throws {TypeError} If a glob is not a string, or is empty.
 */
export function matcher(
  globs: readonly string[] | undefined,
): (id: string) => boolean {
  if (globs === undefined || globs.length === 0) return () => true;
  const patterns = globs.map((glob) => {
    if (typeof glob !== "string" || glob === "") {
      throw new TypeError(
        `Cannot choose cases: a glob must be a string such as "environ/*", got ${
          JSON.stringify(glob)
        }`,
      );
    }
    return globToRegExp(glob);
  });
  return (id) => patterns.some((pattern) => pattern.test(id));
}

/** The longest delay of a timer, in milliseconds. */
const MAX_TIMEOUT_MS = 2_147_483_647;

/**
 * Throws for an invalid timeout.
 *
 * @param timeout Milliseconds, or `undefined` for the default.
 * @param subject The kind of program under test, for the message: `"server"`.
 * @throws {RangeError} If it is not a number from 1 to 2 147 483 647.
 */
export function checkTimeout(
  timeout: number | undefined,
  subject: string,
): void {
  if (timeout === undefined) return;
  if (
    typeof timeout === "number" && timeout >= 1 && timeout <= MAX_TIMEOUT_MS
  ) return;
  throw new RangeError(
    `Cannot check the ${subject}: timeout must be milliseconds from 1, got ${
      describe(timeout)
    }`,
  );
}
