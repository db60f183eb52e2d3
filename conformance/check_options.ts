/**
 * Options that both parts of the kit have.
 *
 * @module
 */

import { describe } from "../wsgi/describe.ts";
import { globToRegExp } from "../wsgi/glob.ts";
import type { CaseReport } from "./report.ts";

/** Options of `checkServer()` and `checkApplication()`. */
export interface CheckOptions {
  /**
   * Which cases are run: globs over their ids, such as `"environ/*"`, where `*`
   * stands for any characters. Case ids without a match are left out of the
   * report.
   *
   * @default {all of them}
   */
  cases?: readonly string[] | undefined;
  /**
   * How long the server or the application may be silent, in milliseconds, from
   * 1.
   *
   * @default {3000}
   */
  timeout?: number | undefined;
  /**
   * Is called when a case has ended.
   *
   * @param report How it ended.
   * @param done How many have ended, from 1.
   * @param total How many there are.
   */
  onCase?:
    | ((report: CaseReport, done: number, total: number) => void)
    | undefined;
}

/**
 * Makes a test of globs.
 *
 * @param globs Patterns in which `*` stands for any characters.
 * @returns A function that returns whether a glob matches an id; without globs it always returns true.
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

/** The longest delay of a timer. */
const MAX_TIMEOUT_MS = 2_147_483_647;

/**
 * Refuses a timeout that makes no sense.
 *
 * @param timeout Milliseconds, or `undefined` for the default.
 * @param subject What is checked, for the message: `"server"`.
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
