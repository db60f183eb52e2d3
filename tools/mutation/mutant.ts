/**
 * What a mutant is: the program with one change at one place.
 *
 * @module
 */

/** One change at one place of a file. */
export interface Mutant {
  /** Its number, from 0, in the order of files and places. */
  readonly id: number;
  /** The file, relative to the root of the project. */
  readonly file: string;
  /** The line of the place, from 1. */
  readonly line: number;
  /** What stands on that line, without spaces around it. */
  readonly text: string;
  /** What is changed: `"a === b → a !== b"`. */
  readonly change: string;
}

/** What the tests have said of a mutant. */
export type Verdict =
  | "killed" // A test failed, threw, or came to no end.
  | "survived" // All tests that reach the place passed.
  | "not reached"; // No test comes to the place.

/** Makes one line of a piece of code, short enough for a table. */
function clip(code: string): string {
  const line = code.replaceAll(/\s+/g, " ");
  return line.length <= 60 ? line : `${line.slice(0, 59)}…`;
}

/**
 * Says what is changed.
 *
 * @param before The code as it is.
 * @param after The code that is put in its place, or what becomes of it.
 * @returns Both in one line, each cut to 60 characters.
 */
export function describeChange(before: string, after: string): string {
  return `${clip(before)} → ${clip(after)}`;
}
