/**
 * Checks the arguments of `HeaderList`.
 *
 * @module
 */

import { describe, quote } from "./describe.ts";
import { describeEntry, describeValue } from "./redact.ts";

// deno-lint-ignore no-control-regex -- the pattern looks for them
const CONTROL = /[\x00-\x1f\x7f]/;
// deno-lint-ignore no-control-regex -- HTTP allows a tab inside a value
const CONTROL_BUT_TAB = /[\x00-\x08\x0a-\x1f\x7f]/;

function mistake(problem: string): TypeError {
  return new TypeError(`Cannot use the header: ${problem}`);
}

/**
 * Throws unless a value is a header name.
 *
 * @param name The argument to check.
 * @throws {TypeError} If it is not a string or has a control character.
 */
export function checkName(name: unknown): asserts name is string {
  if (typeof name !== "string") {
    throw mistake(`name must be a string, got ${describe(name)}`);
  }
  if (CONTROL.test(name)) {
    throw mistake(
      `name must have no control characters, got ${describeEntry(name)}`,
    );
  }
}

/**
 * Throws unless a value is a header value.
 *
 * @param name The name of the header.
 * @param value The argument to check.
 * @throws {TypeError} If it is not a string or has a control character.
 */
export function checkValue(
  name: string,
  value: unknown,
): asserts value is string {
  if (typeof value !== "string") {
    throw mistake(
      `value of ${quote(name)} must be a string, got ${
        describeValue(name, value)
      }`,
    );
  }
  if (CONTROL_BUT_TAB.test(value)) {
    throw mistake(
      `value of ${quote(name)} must have no control characters, got ${
        describeValue(name, value)
      }`,
    );
  }
}

/**
 * Throws unless a value is an array of headers.
 *
 * @param list The argument to check.
 * @throws {TypeError} If it is not an array of pairs of names and values.
 */
export function checkList(list: unknown): void {
  if (!Array.isArray(list)) {
    throw mistake(
      `the list must be an array of [name, value] tuples, got ${
        describeEntry(list)
      }`,
    );
  }
  for (let i = 0; i < list.length; i++) {
    const entry: unknown = list[i];
    if (!Array.isArray(entry) || entry.length !== 2) {
      throw mistake(
        `list[${i}] must be a [name, value] tuple, got ${describeEntry(entry)}`,
      );
    }
    checkName(entry[0]);
    checkValue(entry[0], entry[1]);
  }
}
