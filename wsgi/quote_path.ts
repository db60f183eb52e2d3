/**
 * {@linkcode quotePath}: percent-encoding of a path that is a ByteString.
 *
 * @module
 */

import { describe } from "./describe.ts";
import { isByteString, percentEncode } from "./byte_string.ts";

const QUOTED = /[^A-Za-z0-9_.~/-]/g;
const QUOTED_IN_PATH_INFO = /[^A-Za-z0-9_.~/;=,-]/g;

/**
 * Percent-encodes a path variable, byte by byte.
 *
 * `encodeURI()` would take the code units for characters and make UTF-8 of
 * what is UTF-8 already.
 *
 * @param name `SCRIPT_NAME` or `PATH_INFO`, which keeps `;`, `=` and `,` too.
 * @param path The value of the variable.
 * @returns The path in ASCII.
 * @throws {TypeError} If the path is not a ByteString.
 */
export function quotePath(
  name: "SCRIPT_NAME" | "PATH_INFO",
  path: unknown,
): string {
  if (typeof path !== "string" || !isByteString(path)) {
    throw new TypeError(
      `Cannot make the URI: ${name} must be a string without characters above U+00FF, got ${
        describe(path)
      }`,
    );
  }
  return path.replace(
    name === "PATH_INFO" ? QUOTED_IN_PATH_INFO : QUOTED,
    percentEncode,
  );
}
