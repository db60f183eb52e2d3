/**
 * Status and headers as the checks see them.
 *
 * @module
 */

import { quote } from "../../wsgi/describe.ts";
import { parseContentLength } from "../../wsgi/http_syntax.ts";
import { CharacterClass, classifyText } from "./character_classes.ts";
import { KNOWN, lookUpHeader } from "./known_headers.ts";
import { hasOwnIteration } from "./own_iteration.ts";

/** One header whose name and value are strings. */
export interface Field {
  /** The name as given. */
  readonly name: string;
  /** The name in lower case. */
  readonly key: string;
  /** The value as given. */
  readonly value: string;
  /** The bit of the name in `KNOWN`; 0 for a header that no rule asks for. */
  readonly bit: number;
  /** Whether the name is a token. */
  readonly isToken: boolean;
  /** What is odd about the value: a set of `CharacterClass`. */
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

/** What cannot be sent at all. */
const BROKEN = CharacterClass.control | CharacterClass.wide;

function digitAt(text: string, index: number): number {
  const digit = text.charCodeAt(index) - 0x30;
  // NaN, beyond the end, is no digit either.
  return digit >= 0 && digit <= 9 ? digit : NaN;
}

/** The code of a status, if three digits and a space are its beginning. */
function readCode(status: string): number | undefined {
  const code = digitAt(status, 0) * 100 + digitAt(status, 1) * 10 +
    digitAt(status, 2);
  return Number.isNaN(code) || status.charCodeAt(3) !== 0x20 ? undefined : code;
}

/** What was given to startResponse, read once. */
export class ResponseView {
  /** The first argument. */
  readonly status: unknown;
  /** The status code, if three digits and a space begin the status. */
  readonly code: number | undefined;
  /** What is odd about the status: a set of `CharacterClass`. */
  readonly statusClasses: number;
  /** The second argument. */
  readonly headers: unknown;
  /** Whether they are an array that is not iterated over by its elements. */
  readonly hasOwnIteration: boolean;
  /** The headers that are pairs of strings. */
  readonly fields: readonly Field[];
  /** The first element that is not a pair; those after it were not read. */
  readonly noPair: Misfit | undefined;
  /** The first pair that is not of strings. */
  readonly noStrings: Misfit | undefined;
  /** Whether every name is a token. */
  readonly hasTokens: boolean;
  /** What is odd about the values, all of them together. */
  readonly classes: number;
  /** The headers that are there: a set of `KNOWN`. */
  readonly known: number;
  /** The headers that are there more than once. */
  readonly repeated: number;
  /** Bytes of all names and values, with the line that each takes. */
  readonly size: number;
  /** The value of Content-Length, if there is one and it is a length. */
  readonly contentLength: number | undefined;
  #changeWasReported = false;

  /**
   * Reads status and headers, each value once.
   *
   * @param status The first argument of startResponse.
   * @param headers The second argument of startResponse.
   */
  constructor(status: unknown, headers: unknown) {
    this.status = status;
    this.code = typeof status === "string" ? readCode(status) : undefined;
    this.statusClasses = typeof status === "string" ? classifyText(status) : 0;
    this.headers = headers;
    const fields: Field[] = [];
    let noPair: Misfit | undefined;
    let noStrings: Misfit | undefined;
    let hasTokens = true;
    let classes = 0;
    let known = 0;
    let repeated = 0;
    let size = 0;
    let contentLength: number | undefined;
    const isArray = Array.isArray(headers);
    const count = isArray ? headers.length : 0;
    this.hasOwnIteration = isArray &&
      hasOwnIteration(headers, headers[Symbol.iterator]);
    for (let index = 0; index < count; index++) {
      const entry: unknown = (headers as unknown[])[index];
      const length = Array.isArray(entry) ? entry.length : undefined;
      if (length !== 2) {
        noPair = { index, entry, length, pair: undefined };
        break;
      }
      const name: unknown = (entry as unknown[])[0];
      const value: unknown = (entry as unknown[])[1];
      if (typeof name !== "string" || typeof value !== "string") {
        noStrings ??= { index, entry, length, pair: [name, value] };
        continue;
      }
      const { key, bit, isToken } = lookUpHeader(name);
      const valueClasses = classifyText(value);
      fields.push({ name, key, value, bit, isToken, classes: valueClasses });
      hasTokens &&= isToken;
      classes |= valueClasses;
      repeated |= known & bit;
      known |= bit;
      size += name.length + value.length + 4;
      if (bit === KNOWN.contentLength) {
        contentLength ??= parseContentLength(value);
      }
    }
    this.fields = fields;
    this.noPair = noPair;
    this.noStrings = noStrings;
    this.hasTokens = hasTokens;
    this.classes = classes;
    this.known = known;
    this.repeated = repeated;
    this.size = size;
    this.contentLength = contentLength;
  }

  /** Whether this can be sent, so that it can be judged as an HTTP message. */
  get isWellFormed(): boolean {
    return this.code !== undefined && this.code >= 200 && this.code <= 599 &&
      ((this.statusClasses | this.classes) & BROKEN) === 0 &&
      Array.isArray(this.headers) && this.noPair === undefined &&
      this.noStrings === undefined && this.hasTokens;
  }

  /**
   * Compares the header array with what was read of it.
   *
   * @returns What has changed since, if anything has.
   */
  findChange(): string | undefined {
    const { headers, fields } = this;
    // What was not read as a header cannot be compared, and was reported.
    if (
      !Array.isArray(headers) || this.noPair !== undefined ||
      this.noStrings !== undefined
    ) return undefined;
    try {
      return compare(headers, fields);
    } catch {
      // A proxy or a getter in the array; its author sees it elsewhere.
      return undefined;
    }
  }

  /**
   * Does the same as {@linkcode findChange}, but reports a change only once.
   *
   * @returns What has changed since, if anything has and was not reported.
   */
  takeChange(): string | undefined {
    if (this.#changeWasReported) return undefined;
    const change = this.findChange();
    this.#changeWasReported = change !== undefined;
    return change;
  }
}

function compare(
  headers: readonly unknown[],
  fields: readonly Field[],
): string | undefined {
  if (headers.length !== fields.length) {
    return `${headers.length} headers in place of ${fields.length}`;
  }
  for (let i = 0; i < fields.length; i++) {
    const { name, value } = fields[i]!;
    const entry = headers[i] as readonly unknown[];
    if (entry[0] !== name) return `another name in place of ${quote(name)}`;
    if (entry[1] !== value) return `another value of ${quote(name)}`;
  }
  return undefined;
}

/**
 * Reads status and headers, each value once.
 *
 * @param status The first argument of startResponse.
 * @param headers The second argument of startResponse.
 * @returns What was read.
 */
export function readResponse(status: unknown, headers: unknown): ResponseView {
  return new ResponseView(status, headers);
}

/**
 * Finds the first header of some.
 *
 * @param response The response.
 * @param bits A set of `KNOWN`.
 * @param passOver How many to pass over, 1 for the second such header.
 * @returns The header, if there is one.
 */
export function findField(
  response: ResponseView,
  bits: number,
  passOver = 0,
): Field | undefined {
  if ((response.known & bits) === 0) return undefined;
  return response.fields.filter((field) => (field.bit & bits) !== 0)[passOver];
}
