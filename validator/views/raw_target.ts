/**
 * The raw target of a request, and how servers decode it.
 *
 * @module
 */

import { percentDecode, percentEncode } from "../../wsgi/byte_string.ts";

type Values = Readonly<Record<string, unknown>>;

/** The beginning of an absolute URL. */
export const SCHEME: RegExp = /^[A-Za-z][A-Za-z0-9+.-]*:\/\//;

/**
 * Returns the text of a variable.
 *
 * @param values The environ.
 * @param key The name of the variable.
 * @returns Its value; `""` if it is not a string.
 */
export function textOf(values: Values, key: string): string {
  const value = values[key];
  return typeof value === "string" ? value : "";
}

/**
 * Decodes a text as decodeURIComponent() does.
 *
 * @param raw The encoded text.
 * @returns The text; `undefined` if it is not encoded UTF-8.
 */
export function decodeAsText(raw: string): string | undefined {
  try {
    return decodeURIComponent(raw);
  } catch {
    return undefined;
  }
}

/**
 * Escapes bytes that were sent raw. REQUEST_URI has one code unit for each of
 * them, which percentDecode() would treat as text.
 */
function escapeBytes(uri: string): string {
  return uri.replace(/[\x80-\xff]/g, percentEncode);
}

/**
 * Returns the path of a raw target.
 *
 * @param uri The target.
 */
export function rawPathOf(uri: string): string {
  const question = uri.indexOf("?");
  return question === -1 ? uri : uri.slice(0, question);
}

/**
 * Decodes a part of a raw target as a server should: each `%XX` to one
 * character, once.
 *
 * @param raw The encoded part.
 * @returns The part as a ByteString.
 */
export function decodeOnce(raw: string): string {
  return percentDecode(escapeBytes(raw));
}
