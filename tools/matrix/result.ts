/**
 * What the matrix found: kept in `results.json`, shown in the tables.
 *
 * @module
 */

/** How many cases of one subject there were, and how many passed. */
export interface SubjectResult {
  /** The subject, such as `"environ"`. */
  readonly name: string;
  /** How many cases passed. */
  readonly passed: number;
  /** How many cases there are. */
  readonly total: number;
}

/** What is common to the rows of both tables. */
export interface Row {
  /** The row's name. */
  readonly name: string;
  /** The versions of what took part. */
  readonly versions: Readonly<Record<string, string>>;
  /** Why it was not run, if it was not. */
  readonly missing?: string | undefined;
}

/** A server and the conformance kit. */
export interface ServerResult extends Row {
  /** The cases by subject. */
  readonly subjects: readonly SubjectResult[];
  /** From the id of a case to the reason why it cannot pass. */
  readonly deviations: Readonly<Record<string, string>>;
  /** From the id of a case to what went wrong. */
  readonly failed: Readonly<Record<string, string>>;
}

/** A framework and what was tried. */
export interface FrameworkResult extends Row {
  /** The names of the exercises. */
  readonly exercised: readonly string[];
  /** From the name of an exercise to what went wrong. */
  readonly failed: Readonly<Record<string, string>>;
  /** Rules of the validator that the framework itself breaks, and why. */
  readonly known: Readonly<Record<string, string>>;
}

/** All of it. */
export interface MatrixResult {
  /** The day, such as `"2026-11-20"`. */
  readonly date: string;
  /** How long it took, in seconds. */
  readonly seconds: number;
  /** The servers that run our applications. */
  readonly servers: readonly ServerResult[];
  /** The frameworks that run on our server. */
  readonly frameworks: readonly FrameworkResult[];
}
