/**
 * Keeps secrets out of messages.
 *
 * More people can read logs than should see cookies and passwords. A message
 * that shows the value of a header or of an environ variable therefore uses
 * {@linkcode describeValue}.
 *
 * @module
 */

import { describe } from "./describe.ts";

/** Headers whose values would let a reader impersonate a user. */
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
 * `environ`, `"HTTP_COOKIE"`; case-insensitive.
 * @returns Whether it is a secret.
 */
export function isSecret(name: string): boolean {
  // Longer names cannot be in the set, so there is no need to copy them.
  if (name.length > 40) return false;
  const key = name.trim().toLowerCase().replaceAll("_", "-");
  return SECRET.has(key.startsWith("http-") ? key.slice(5) : key);
}

/**
 * Describes the value of a header or variable for a message, as
 * {@linkcode describe} does, but without showing a secret.
 *
 * @param name The name; a value that is not a string has no secrets.
 * @param value The value, of any type.
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
 * Describes a value that should be a header tuple, such as a whole header line
 * in one string, without showing a secret.
 *
 * @param entry The value found.
 * @returns The description.
 */
export function describeEntry(entry: unknown): string {
  if (typeof entry !== "string") return describe(entry);
  const colon = entry.indexOf(":");
  return colon > 0 && isSecret(entry.slice(0, colon))
    ? "a header line in one string, with a hidden value"
    : describe(entry);
}
