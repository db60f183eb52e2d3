/**
 * Assertions of cases: values, conditions, and time limits.
 *
 * @module
 */

import { describe } from "../wsgi/describe.ts";

/**
 * The error of a failed case: a server or an application did not behave as
 * required.
 */
export class CaseFailure extends Error {
  /** The name of the class, as in the first line of a stack trace. */
  override readonly name = "CaseFailure";
}

/** The error if something did not happen within its time limit. */
export class LateError extends Error {
  /** The name of the class, as in the first line of a stack trace. */
  override readonly name = "LateError";
}

function isEqual(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== "object" || typeof other !== "object") return false;
  if (one === null || other === null) return false;
  const keys = Object.keys(one);
  return Array.isArray(one) === Array.isArray(other) &&
    keys.length === Object.keys(other).length &&
    keys.every((key) =>
      isEqual(
        (one as Record<string, unknown>)[key],
        (other as Record<string, unknown>)[key],
      )
    );
}

/**
 * Fails unless two values are equal. Arrays and objects are compared by their
 * contents.
 *
 * @param found The actual value.
 * @param expected The required value.
 * @param what The name of the value, such as `"PATH_INFO"`.
 */
export function expectEqual(
  found: unknown,
  expected: unknown,
  what: string,
): void {
  if (isEqual(found, expected)) return;
  throw new CaseFailure(
    `${what} must be ${showValue(expected)}, got ${showValue(found)}`,
  );
}

/**
 * Fails unless a condition holds.
 *
 * @param condition Must be true.
 * @param message What was required and what was found, as one sentence.
 */
export function expect(condition: boolean, message: string): asserts condition {
  if (!condition) throw new CaseFailure(message);
}

/** Formats a value. NaN is the status of a response without a status line. */
function showValue(value: unknown): string {
  if (Number.isNaN(value)) return "no status line";
  if (typeof value !== "object" || value === null) return describe(value);
  return JSON.stringify(
    value,
    (_key, one) => Number.isNaN(one) ? "no status line" : one,
  );
}

/**
 * Much longer than any wait needs, in milliseconds. It ends a test that hangs.
 */
const DEFAULT_DEADLINE_MS = 60_000;

/**
 * Awaits a promise, and fails if it takes too long.
 *
 * @param promise The promise to await.
 * @param what Its name in the message, such as `"the server to send"`.
 * @param deadline The time limit in milliseconds.
 * @returns The value of the promise.
 * @throws {LateError} If the promise is still pending after the time limit.
 */
export async function within<T>(
  promise: Promise<T>,
  what: string,
  deadline: number = DEFAULT_DEADLINE_MS,
): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new LateError(`Waited too long for ${what}`)),
    deadline,
  );
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
