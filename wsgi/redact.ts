/**
 * Keeping secrets out of messages.
 *
 * Logs are read by more people than cookies and passwords are meant for. So a
 * message that shows the value of a header or of a variable of `environ` shows
 * it through {@linkcode describeValue}.
 *
 * @module
 */

import { describe } from "./describe.ts";

/** Headers whose values let a reader act as somebody else. */
const SECRET: ReadonlySet<string> = new Set([
  "authorization",
  "cookie",
  "cookie2",
  "proxy-authorization",
  "set-cookie",
  "set-cookie2",
]);

/**
 * Returns whether the value of a header or variable must not be shown.
 *
 * @param name The name of the header, `"Set-Cookie"`, or of the variable in
 * `environ`, `"HTTP_COOKIE"`; in any case of letters.
 * @returns Whether it is a secret.
 */
export function isSecret(name: string): boolean {
  // Longer names are none of these, and need not be copied.
  if (name.length > 40) return false;
  const key = name.trim().toLowerCase().replaceAll("_", "-");
  return SECRET.has(key.startsWith("http-") ? key.slice(5) : key);
}

/**
 * Describes the value of a header or variable for a message, as
 * {@linkcode describe} does, but without showing a secret.
 *
 * @param name The name; anything that is no string has no secrets.
 * @param value The value.
 * @returns The description.
 */
export function describeValue(name: unknown, value: unknown): string {
  if (typeof name !== "string" || !isSecret(name)) return describe(value);
  if (typeof value === "string") {
    return `a hidden value of ${value.length} characters`;
  }
  return typeof value === "number" ? "a hidden number" : describe(value);
}

/**
 * Describes what stands where a header should be, such as a whole header line
 * in one string, without showing a secret.
 *
 * @param entry What was found.
 * @returns The description.
 */
export function describeEntry(entry: unknown): string {
  if (typeof entry !== "string") return describe(entry);
  const colon = entry.indexOf(":");
  return colon > 0 && isSecret(entry.slice(0, colon))
    ? "a header line in one string, with a hidden value"
    : describe(entry);
}
