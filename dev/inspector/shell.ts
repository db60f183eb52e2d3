/**
 * Quoting for a POSIX shell.
 *
 * @module
 */

import { toBytes } from "../../wsgi/byte_string.ts";

/** What a shell takes as it is, also at the beginning of a word. */
const PLAIN = /^[A-Za-z0-9_@%+:,./][A-Za-z0-9_@%+:,./-]*$/;

/** Text of bytes that are UTF-8, if it shows all there is. */
function toPrintable(bytes: string): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(toBytes(bytes));
    // A tab completes names, and invisible characters do not survive copying.
    return /^[\n\p{L}\p{N}\p{P}\p{S}\x20]*$/u.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Writes bytes as the format of `printf`, which any POSIX shell has: no other
 * way leads through a terminal for all bytes.
 *
 * @param bytes The bytes, as latin-1.
 * @returns The word, in quotes.
 */
export function printfFormat(bytes: string): string {
  const format = bytes.replace(
    /[^\x20-\x7e]|[%\\']|^-/g,
    (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, "0")}`,
  );
  return `'${format}'`;
}

/**
 * Returns whether bytes can be an argument that is written as text.
 *
 * @param bytes The bytes, as latin-1.
 * @returns Whether they are printable UTF-8.
 */
export function isPrintable(bytes: string): boolean {
  return toPrintable(bytes) !== undefined;
}

/**
 * Quotes bytes as one word for `sh`.
 *
 * @param bytes The bytes, as latin-1, without NUL. If they are not printable
 * UTF-8, they must not end in a line feed.
 * @returns The word, which is the same bytes to the program that gets it.
 */
export function quoteForShell(bytes: string): string {
  if (PLAIN.test(bytes)) return bytes;
  const text = toPrintable(bytes);
  return text === undefined
    ? `"$(printf ${printfFormat(bytes)})"`
    : `'${text.replaceAll("'", "'\\''")}'`;
}
