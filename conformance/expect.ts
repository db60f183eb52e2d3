/**
 * What cases say of what they find.
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
    `${what} must be ${show(expected)}, got ${show(found)}`,
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

function show(value: unknown): string {
  if (typeof value !== "object" || value === null) return describe(value);
  return JSON.stringify(value);
}
