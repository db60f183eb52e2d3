/**
 * Quoting for a POSIX shell.
 *
 * @module
 */

import { toBytes } from "../../wsgi/byte_string.ts";

/** Words that need no quotes. */
const PLAIN = /^[A-Za-z0-9_@%+:,./][A-Za-z0-9_@%+:,./-]*$/;

/** Decodes bytes if they are UTF-8 and every character is visible. */
function toPrintable(bytes: string): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(toBytes(bytes));
    // A terminal completes names at a tab; invisible characters are easily lost.
    return /^[\n\p{L}\p{N}\p{P}\p{S}\x20]*$/u.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Writes bytes as a format of `printf`, the only portable way to paste arbitrary
 * bytes into a terminal.
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
