/**
 * The facts about the strings of a status and its headers.
 *
 * @module
 */

import { parseContentLength } from "../../wsgi/http_syntax.ts";
import { classifyText } from "./character_classes.ts";
import { KNOWN, lookUpHeader } from "./known_headers.ts";

/** One header whose name and value are strings. */
export interface Field {
  /** The name as given. */
  readonly name: string;
  /** The name in lower case. */
  readonly key: string;
  /** The value as given. */
  readonly value: string;
  /** The bit of the name in `KNOWN`; 0 for a header that no rule looks for. */
  readonly bit: number;
  /** Whether the name is a token. */
  readonly isToken: boolean;
  /** The unusual characters of the value: a set of `CharacterClass`. */
  readonly classes: number;
}

/** An element of the header array that is not a pair of strings. */
export interface Misfit {
  /** Its place in the array. */
  readonly index: number;
  /** The element. */
  readonly entry: unknown;
  /** How many elements it has itself, if it is an array. */
  readonly length: number | undefined;
  /** Its name and its value, if it is a pair. */
  readonly pair: readonly [name: unknown, value: unknown] | undefined;
}

function digitAt(text: string, index: number): number {
  const digit = text.charCodeAt(index) - 0x30;
  // Beyond the end it is NaN, which is not a digit either.
  return digit >= 0 && digit <= 9 ? digit : NaN;
}

/** Returns the code of a status that begins with three digits and a space. */
function readCode(status: string): number | undefined {
  const code = digitAt(status, 0) * 100 + digitAt(status, 1) * 10 +
    digitAt(status, 2);
  return Number.isNaN(code) || status.charCodeAt(3) !== 0x20 ? undefined : code;
}

/** The facts about the strings of a status and its headers. */
export interface HeadFacts {
  readonly status: unknown;
  readonly code: number | undefined;
  readonly statusClasses: number;
  readonly fields: readonly Field[];
  readonly noPair: Misfit | undefined;
  readonly noStrings: Misfit | undefined;
  readonly hasTokens: boolean;
  readonly classes: number;
  readonly known: number;
  readonly repeated: number;
  readonly size: number;
  readonly contentLength: number | undefined;
}

function toField(name: string, value: string): Field {
  const { key, bit, isToken } = lookUpHeader(name);
  return { name, key, value, bit, isToken, classes: classifyText(value) };
}

/**
 * Reads status and headers, each value once. Headers that are the same in an
 * earlier head are not examined again.
 *
 * @param status The first argument of startResponse.
 * @param headers The second argument of startResponse.
 * @param earlier The facts about an earlier head with an array of headers.
 * @returns The facts; `earlier` itself if all strings are the same.
 */
export function readFacts(
  status: unknown,
  headers: unknown,
  earlier: HeadFacts | undefined,
): HeadFacts {
  const known = earlier?.fields;
  const count = Array.isArray(headers) ? headers.length : 0;
  // undefined as long as all fields are those of the earlier head.
  let fields: Field[] | undefined = known === undefined ? [] : undefined;
  let noPair: Misfit | undefined;
  let noStrings: Misfit | undefined;
  for (let index = 0; index < count; index++) {
    const entry: unknown = (headers as unknown[])[index];
    const length = Array.isArray(entry) ? entry.length : undefined;
    if (length !== 2) {
      noPair = { index, entry, length, pair: undefined };
      break;
    }
    const name: unknown = (entry as unknown[])[0];
    const value: unknown = (entry as unknown[])[1];
    const before = known?.[index];
    if (
      before !== undefined && before.name === name && before.value === value
    ) {
      fields?.push(before);
      continue;
    }
    fields ??= known!.slice(0, index);
    if (typeof name !== "string" || typeof value !== "string") {
      noStrings ??= { index, entry, length, pair: [name, value] };
      continue;
    }
    fields.push(toField(name, value));
  }
  const isSame = earlier !== undefined && fields === undefined &&
    noPair === undefined && earlier.status === status &&
    known!.length === count && Array.isArray(headers);
  if (isSame) return earlier;
  fields ??= known!.slice(0, noPair?.index ?? count);
  return { status, noPair, noStrings, ...factsOf(status, fields) };
}

/** Summarizes the fields. */
function factsOf(
  status: unknown,
  fields: readonly Field[],
): Omit<HeadFacts, "status" | "noPair" | "noStrings"> {
  let hasTokens = true;
  let classes = 0;
  let known = 0;
  let repeated = 0;
  let size = 0;
  let contentLength: number | undefined;
  for (const field of fields) {
    hasTokens &&= field.isToken;
    classes |= field.classes;
    repeated |= known & field.bit;
    known |= field.bit;
    size += field.name.length + field.value.length + 4;
    if (field.bit === KNOWN.contentLength) {
      contentLength ??= parseContentLength(field.value);
    }
  }
  const isText = typeof status === "string";
  return {
    code: isText ? readCode(status) : undefined,
    statusClasses: isText ? classifyText(status) : 0,
    fields,
    hasTokens,
    classes,
    known,
    repeated,
    size,
    contentLength,
  };
}
