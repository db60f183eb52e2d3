/**
 * {@linkcode readEnviron}: the variables of a CGI program, as ByteStrings.
 *
 * @module
 */

import { encodeUtf8, fromBytes } from "../../wsgi/byte_string.ts";

/** The parts of Deno that this file uses. */
interface Runtime {
  Deno?: {
    env: { toObject(): Record<string, string> };
    readFileSync(path: string): Uint8Array;
  };
}

/**
 * Reads the variables of this process that are not UTF-8. Deno omits them; only
 * Linux has them elsewhere, for a program that has all permissions.
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
      "Cannot read the environment: outside Deno, it must be passed",
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
 * Returns environment variables as ByteStrings, the form that WSGI uses.
 *
 * A runtime decodes the environment as UTF-8; this function turns it into bytes
 * again. Deno cannot read a variable that is not valid UTF-8. On Linux and with
 * `--allow-all`, such variables are still included.
 *
 * Corresponds to Python's `wsgiref.handlers.read_environ`, which leaves
 * variables that do not come from the request as text.
 *
 * @param env The variables as text. By default, those of this process, which
 * needs `--allow-env`.
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
