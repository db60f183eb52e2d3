/**
 * What the kit found out.
 *
 * @module
 */

import { describe } from "../wsgi/describe.ts";
import type { Exchanged } from "./transcript.ts";

/**
 * How a case ended. A deviation is a failure that was declared beforehand, with
 * its reason.
 */
export type Outcome = "passed" | "failed" | "deviation" | "skipped";

/** How one case ended. */
export interface CaseReport {
  /** The case, such as `"environ/path-decoded"`. */
  readonly id: string;
  /** The anchor of its requirement in SPEC.md, such as `"environ-path-decoded"`. */
  readonly spec: string;
  /** What is expected, as a sentence. */
  readonly title: string;
  /** How it ended. */
  readonly outcome: Outcome;
  /**
   * What was expected and what was found, if it failed; the declared reason of
   * a deviation; why it was skipped; the validator's warnings, if it passed.
   */
  readonly message?: string | undefined;
  /** How long it took, in milliseconds. */
  readonly duration: number;
  /** What went over the wire, in order. */
  readonly exchanged: readonly Exchanged[];
}

/** How all cases ended. */
export interface Report {
  /** The cases in their order. */
  readonly cases: readonly CaseReport[];
  /** How many passed. */
  readonly passed: number;
  /** How many failed. */
  readonly failed: number;
  /** How many failed as declared. */
  readonly deviations: number;
  /** How many were left out. */
  readonly skipped: number;
}

/** What both parts of the kit can be told. */
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
 * Counts outcomes.
 *
 * @param cases How the cases ended.
 * @returns The report.
 */
export function toReport(cases: readonly CaseReport[]): Report {
  const count = (outcome: Outcome) =>
    cases.filter((one) => one.outcome === outcome).length;
  return {
    cases,
    passed: count("passed"),
    failed: count("failed"),
    deviations: count("deviation"),
    skipped: count("skipped"),
  };
}

/**
 * Makes a test of globs.
 *
 * @param globs Patterns in which `*` stands for any characters.
 * @returns Tells whether one of them matches an id; without globs, always.
 * @throws {TypeError} If a glob is no string or is empty.
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
    const parts = glob.split("*").map((part) =>
      part.replace(/[\\^$.|?+()[\]{}]/g, "\\$&")
    );
    return new RegExp(`^${parts.join(".*")}$`);
  });
  return (id) => patterns.some((pattern) => pattern.test(id));
}

/** More milliseconds than this no timer can wait. */
const MAX_TIMEOUT = 2_147_483_647;

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
    typeof timeout === "number" && timeout >= 1 && timeout <= MAX_TIMEOUT
  ) return;
  throw new RangeError(
    `Cannot check the ${subject}: timeout must be milliseconds from 1, got ${
      describe(timeout)
    }`,
  );
}
