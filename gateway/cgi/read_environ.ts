/**
 * {@linkcode readEnviron}: the variables of a CGI program, as ByteStrings.
 *
 * @module
 */

import { encodeUtf8, fromBytes } from "../../wsgi/byte_string.ts";

/** What this file needs of Deno. */
interface Runtime {
  Deno?: {
    env: { toObject(): Record<string, string> };
    readFileSync(path: string): Uint8Array;
  };
}

/**
 * The variables of this process that are not UTF-8. Deno leaves them out, and
 * only Linux shows them in another place, to a program that may do everything.
 */
function readUndecodable(
  read: (path: string) => Uint8Array,
): [name: string, value: string][] {
  let bytes: Uint8Array;
  try {
    bytes = read("/proc/self/environ");
  } catch {
    return [];
  }
  const found: [name: string, value: string][] = [];
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let start = 0;
  for (let end = 0; end <= bytes.length; end++) {
    if (end < bytes.length && bytes[end] !== 0) continue;
    const entry = bytes.subarray(start, end);
    start = end + 1;
    try {
      decoder.decode(entry);
    } catch {
      const text = fromBytes(entry);
      const at = text.indexOf("=");
      if (at > 0) found.push([text.slice(0, at), text.slice(at + 1)]);
    }
  }
  return found;
}

function processEnvironment(): Record<string, string> {
  const { Deno } = globalThis as Runtime;
  if (Deno === undefined) {
    throw new TypeError(
      "Cannot read the environment: outside of Deno it must be given",
    );
  }
  const variables = encodeAll(Deno.env.toObject());
  const undecodable = readUndecodable((path) => Deno.readFileSync(path));
  for (const [name, value] of undecodable) {
    if (!Object.hasOwn(variables, name)) variables[name] = value;
  }
  return variables;
}

function encodeAll(
  env: Readonly<Record<string, string>>,
): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    variables[encodeUtf8(name)] = encodeUtf8(value);
  }
  return variables;
}

/**
 * Returns environment variables as WSGI has them: as ByteStrings.
 *
 * A runtime decodes the environment as UTF-8; here it is made bytes again. A
 * variable that is not UTF-8 at all is one that Deno cannot read. On Linux, and
 * with `--allow-all`, it is found nevertheless.
 *
 * Python's `wsgiref.handlers.read_environ`, which leaves variables that do not
 * come from the request as text.
 *
 * @param env The variables as text. Without it, those of this process, which
 * takes `--allow-env`.
 * @returns The variables as ByteStrings, in a new object.
 *
 * @example Usage
 * ```ts
 * import { readEnviron } from "@wsgi/ref/cgi";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(readEnviron({ PATH_INFO: "/café" }), {
 *   PATH_INFO: "/caf\xc3\xa9",
 * });
 * ```
 */
export function readEnviron(
  env?: Readonly<Record<string, string>>,
): Record<string, string> {
  return env === undefined ? processEnvironment() : encodeAll(env);
}
