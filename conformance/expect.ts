/**
 * Assertions of cases: values, conditions, and time limits.
 *
 * @module
 */

import { describe } from "../wsgi/describe.ts";

/** That a server or an application did not do what it must. */
export class CaseFailure extends Error {
  /** The name of the class. */
  override readonly name = "CaseFailure";
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
 * Fails unless two values are the same, looking into arrays and objects.
 *
 * @param found What there is.
 * @param expected What must be.
 * @param what Its name, such as `"PATH_INFO"`.
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
 * @param condition What must be true.
 * @param message What must be and what was found.
 */
export function expect(condition: boolean, message: string): asserts condition {
  if (!condition) throw new CaseFailure(message);
}

function showValue(value: unknown): string {
  if (typeof value !== "object" || value === null) return describe(value);
  return JSON.stringify(value);
}

/** Is far more than any wait needs. It ends a test that would hang. */
const DEFAULT_DEADLINE_MS = 15_000;

/**
 * Awaits a promise, and fails if it takes too long.
 *
 * @param promise The promise.
 * @param what Its name, for the message.
 * @param deadline The time limit in milliseconds.
 * @returns The value of the promise.
 * @throws {Error} If the promise is still pending after the time limit.
 */
export async function within<T>(
  promise: Promise<T>,
  what: string,
  deadline: number = DEFAULT_DEADLINE_MS,
): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`Waited too long for ${what}`)),
    deadline,
  );
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
