/**
 * Identifies values of unknown type, and describes unexpected values for error
 * messages.
 *
 * The values come from programs, and may be anything. These functions therefore
 * never call a method, getter or `toString()` of a value, limit how much they
 * show, and escape control characters, which could forge a log line.
 *
 * @module
 */

const MAX_SHOWN = 60;

// deno-lint-ignore no-control-regex -- the pattern looks for them
const UNPRINTABLE = /[\x00-\x1f\x7f-\x9f\u2028\u2029]/g;
// deno-lint-ignore no-control-regex -- the pattern looks for them
const UNPRINTABLE_IN_LINE = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;

const { then } = Promise.prototype;

const toStringTagOf = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  Symbol.toStringTag,
)!.get!;

/**
 * Returns whether a value is a `Uint8Array`, of this or another realm.
 *
 * `instanceof` is wrong in both directions: it rejects another realm's array
 * and accepts `Object.create(Uint8Array.prototype)`. The intrinsic getter reads
 * the internal slot, which cannot be forged.
 *
 * @param value The value to test.
 * @returns Whether it is a `Uint8Array` or a subclass, such as Node's `Buffer`.
 */
export function isUint8Array(value: unknown): value is Uint8Array {
  return toStringTagOf.call(value) === "Uint8Array";
}

/**
 * Returns whether a value has a `then()` method.
 *
 * @param value The value to test.
 * @returns Whether it can be awaited for a result.
 */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return value !== null && typeof value === "object" &&
    typeof (value as { then?: unknown }).then === "function";
}

/**
 * Marks the rejection of a promise as handled. Use it for a promise that was
 * rejected as an argument and is not awaited, so that it does not end the
 * process.
 *
 * @param value Any value; nothing happens if it is not a promise.
 */
export function ignoreRejection(value: unknown): void {
  try {
    // The value's own then() could have any effect.
    then.call(value as Promise<unknown>, undefined, () => {});
  } catch {
    // It is not a promise.
  }
}

function escape(unprintable: string): string {
  const code = unprintable.charCodeAt(0);
  if (code === 0x0a) return "\\n";
  if (code === 0x0d) return "\\r";
  if (code === 0x09) return "\\t";
  return code > 0xff
    ? `\\u${code.toString(16)}`
    : `\\x${code.toString(16).padStart(2, "0")}`;
}

/**
 * Makes control characters in a log text visible, except for the line feeds and
 * tabs that a stack trace needs.
 *
 * @param text The text to log.
 * @returns The text with `\xNN` in place of control characters.
 */
export function escapeControls(text: string): string {
  return text.replace(UNPRINTABLE_IN_LINE, escape);
}

/**
 * Quotes a string for a message: in double quotes, control characters escaped,
 * cut after 60 characters.
 *
 * @param text The string to show.
 * @returns The quoted string.
 */
export function quote(text: string): string {
  const shown = text.length > MAX_SHOWN ? text.slice(0, MAX_SHOWN) : text;
  const safe = shown.replaceAll("\\", "\\\\").replaceAll('"', '\\"')
    .replace(UNPRINTABLE, escape);
  return text.length > MAX_SHOWN
    ? `"${safe}…" (${text.length} characters)`
    : `"${safe}"`;
}

function withArticle(noun: string): string {
  return `${/^[aeio]|^u(?!int|rl)|^[AEIO]/.test(noun) ? "an" : "a"} ${noun}`;
}

/** Returns the class name of an object without calling any of its code. */
function className(value: object): string | undefined {
  let prototype: unknown = value;
  // A prototype chain may be long or, behind a proxy, endless.
  for (let depth = 0; depth < 10; depth++) {
    prototype = Object.getPrototypeOf(prototype);
    if (prototype === null) return undefined;
    const maker = Object.getOwnPropertyDescriptor(prototype, "constructor")
      ?.value;
    if (typeof maker !== "function") continue;
    const name = Object.getOwnPropertyDescriptor(maker, "name")?.value;
    if (typeof name === "string" && name !== "") {
      return name.slice(0, MAX_SHOWN);
    }
  }
  return undefined;
}

/**
 * Describes any value in a few words: `"abc"`, `12`, `a Promise`, `an array`.
 *
 * @param value The value to describe.
 * @returns The description. It is bounded and has no control characters.
 */
export function describe(value: unknown): string {
  switch (typeof value) {
    case "string":
      return quote(value);
    case "undefined":
    case "boolean":
    case "number":
      return Object.is(value, -0) ? "-0" : String(value);
    case "bigint":
      return "a bigint";
    case "symbol":
      return "a symbol";
    case "function":
      return "a function";
  }
  if (value === null) return "null";
  try {
    if (isUint8Array(value)) {
      const { byteLength } = value;
      return `a Uint8Array of ${byteLength} byte${byteLength === 1 ? "" : "s"}`;
    }
    if (Array.isArray(value)) return "an array";
    const name = className(value as object);
    return name === undefined || name === "Object"
      ? "an object"
      : withArticle(name.replace(UNPRINTABLE, escape));
  } catch {
    // Only a proxy with a throwing trap leads here.
    return "an object";
  }
}
