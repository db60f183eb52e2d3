/**
 * A failure that a person at a terminal can do something about.
 *
 * @module
 */

/** Ends the program with one line and a hint: a stack would say nothing more. */
export class UsageError extends Error {
  /** What to do about it. */
  readonly hint: string;

  /**
   * Makes an error.
   *
   * @param message What is wrong.
   * @param hint What to do about it.
   */
  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}
