/**
 * Looks at all variables of an environ.
 *
 * This happens in every request. The properties of names are therefore
 * remembered, and only the first variable with each fault is noted.
 *
 * @module
 */

import { quote } from "../../wsgi/describe.ts";

/** A fault of a variable or its name. */
export type EnvironHint =
  | "absent"
  | "type"
  | "wide"
  | "nul"
  | "lineEnd"
  | "outerBlank"
  | "empty"
  | "headerName"
  | "name"
  | "reserved";

/** The first variable with each fault. */
export type EnvironHints = { [name in EnvironHint]?: string };

/** It is text: it has no dot, or begins with HTTP_. */
const TEXT = 1;
/** No code unit may be above U+00FF, and no other rule checks that. */
const BYTES = 2;
/** No code unit may be U+0000. */
const NO_NUL = 4;
/** It should be left out if it is empty. */
const NOT_EMPTY = 8;
/** No header name results in this name. */
const HEADER_NAME = 16;
/** It is not a name for a variable. */
const NAME = 32;
/** It begins with `wsgi.`, and SPEC.md does not know it. */
const RESERVED = 64;
/** Faults of the name alone. */
const ODD = HEADER_NAME | NAME | RESERVED;

const HEADER_KEY = /^HTTP_[!#$%&'*+.^_`|~0-9A-Z]+$/;
const DOTTED_KEY = /^[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+$/;
const NO_KEY = /^$|[a-z]/;
const WIDE = /[\u0100-\uffff]/;
const LINE_END = /[\r\n]/;
/** A repeated header whose last value is empty ends with the separator. */
const OUTER_BLANK = /^[ \t]|(?<![,;])[ \t]$/;
const SUSPECT = /[\0\r\n\u0100-\uffff]|^[ \t]|[ \t]$/;

/** Variables with special properties. */
const KNOWN: ReadonlyMap<string, number> = new Map([
  // Other rules check their values.
  ["REQUEST_METHOD", TEXT],
  ["SERVER_PORT", TEXT],
  ["SERVER_PROTOCOL", TEXT],
  ["CONTENT_LENGTH", TEXT | NOT_EMPTY],
  // A client can send an empty one.
  ["CONTENT_TYPE", TEXT | BYTES | NO_NUL],
  // A client may send %00.
  ["SCRIPT_NAME", TEXT | BYTES],
  ["PATH_INFO", TEXT | BYTES],
  ["QUERY_STRING", TEXT | BYTES | NO_NUL],
  ["SERVER_NAME", TEXT | BYTES | NO_NUL],
  ["REQUEST_URI", TEXT | BYTES | NO_NUL],
  ["wsgi.version", 0],
  ["wsgi.url_scheme", 0],
  ["wsgi.input", 0],
  ["wsgi.errors", 0],
  ["wsgi.multithread", 0],
  ["wsgi.multiprocess", 0],
  ["wsgi.run_once", 0],
  ["wsgi.file_wrapper", 0],
  ["wsgi.input_terminated", 0],
  ["wsgiref.signal", 0],
  ["wsgiref.unix_socket", 0],
]);

/** Names repeat, but clients can invent new ones, which must not fill memory. */
const MAX_REMEMBERED = 512;
const remembered = new Map<string, number>(KNOWN);

function judge(key: string): number {
  if (key.startsWith("HTTP_")) {
    return TEXT | BYTES | NO_NUL | (HEADER_KEY.test(key) ? 0 : HEADER_NAME);
  }
  if (!key.includes(".")) {
    return TEXT | BYTES | NO_NUL | NOT_EMPTY |
      (NO_KEY.test(key) ? NAME : 0);
  }
  if (key.startsWith("wsgi.") || key.startsWith("wsgiref.")) return RESERVED;
  return DOTTED_KEY.test(key) ? 0 : NAME;
}

function lookUp(key: string): number {
  const kind = judge(key);
  if (remembered.size < MAX_REMEMBERED) remembered.set(key, kind);
  return kind;
}

/**
 * Formats the name of a variable for a message.
 *
 * @param key The name.
 * @returns The name, quoted if it is unusual.
 */
export function showKey(key: string): string {
  return /^[\w.]{1,60}$/.test(key) ? key : quote(key);
}

/** Whether a variable is a header or another part of the head of a request. */
function isOneLine(key: string): boolean {
  return key.startsWith("HTTP_") || key === "CONTENT_TYPE" ||
    key === "QUERY_STRING" || key === "REQUEST_URI";
}

/** Returns the fault of a text variable. */
function findHint(
  kind: number,
  key: string,
  value: unknown,
): EnvironHint | undefined {
  if (value === undefined || value === null) return "absent";
  // Its own rule has a better hint for a number.
  if (typeof value !== "string") {
    return key === "SERVER_PORT" ? undefined : "type";
  }
  if (value === "") return (kind & NOT_EMPTY) === 0 ? undefined : "empty";
  if ((kind & BYTES) === 0) return undefined;
  if (WIDE.test(value)) return "wide";
  if ((kind & NO_NUL) === 0) return undefined;
  if (value.includes("\0")) return "nul";
  // A variable of the process, such as a certificate, may have several lines.
  if (isOneLine(key) && LINE_END.test(value)) return "lineEnd";
  const isHeader = key.startsWith("HTTP_") || key === "CONTENT_TYPE";
  return isHeader && OUTER_BLANK.test(value) ? "outerBlank" : undefined;
}

/** Whether findHint() must look; it is `false` for nearly every variable. */
function isSuspect(kind: number, value: unknown): boolean {
  if (typeof value !== "string" || value === "") return true;
  if ((kind & BYTES) === 0) return false;
  return ((kind & NO_NUL) === 0 ? WIDE : SUSPECT).test(value);
}

/**
 * Returns the properties of the name of a variable.
 *
 * @param key The name.
 * @returns A set of bits for {@linkcode isPlainVariable}.
 */
export function kindOfVariable(key: string): number {
  return remembered.get(key) ?? lookUp(key);
}

/**
 * Returns whether {@linkcode findEnvironHints} finds no fault in a variable.
 *
 * @param kind The properties of its name.
 * @param value Its value.
 */
export function isPlainVariable(kind: number, value: unknown): boolean {
  return kind === 0 ||
    (kind & ODD) === 0 && ((kind & TEXT) === 0 || !isSuspect(kind, value));
}

/**
 * Looks at each variable once.
 *
 * @param values The variables.
 * @returns The faults; `undefined` if there are none.
 */
export function findEnvironHints(
  values: Readonly<Record<string, unknown>>,
): EnvironHints | undefined {
  let hints: EnvironHints | undefined;
  // In a copy, for-in reads values without a lookup.
  for (const key in values) {
    const kind = kindOfVariable(key);
    if (kind === 0) continue;
    const value = values[key];
    const suspect = (kind & TEXT) !== 0 && isSuspect(kind, value);
    if (!suspect && (kind & ODD) === 0) continue;
    // Somebody may have added to Object.prototype.
    if (!Object.hasOwn(values, key)) continue;
    hints ??= {};
    if ((kind & HEADER_NAME) !== 0) hints.headerName ??= key;
    if ((kind & NAME) !== 0) hints.name ??= key;
    if ((kind & RESERVED) !== 0) hints.reserved ??= key;
    if (!suspect) continue;
    const hint = findHint(kind, key, value);
    if (hint !== undefined) hints[hint] ??= key;
  }
  return hints;
}
