/**
 * The view of status and headers.
 *
 * @module
 */

import { quote } from "../../wsgi/describe.ts";
import { CharacterClass } from "./character_classes.ts";
import {
  type Field,
  type HeadFacts,
  type Misfit,
  readFacts,
} from "./head_facts.ts";
import { hasOwnIteration } from "./value_shape.ts";

export type { Field, Misfit };

/** Characters that cannot be sent. */
const BROKEN = CharacterClass.control | CharacterClass.wide;

/** Status and headers that were passed to startResponse, each read once. */
export class ResponseView {
  readonly #headers: unknown;
  /** The facts about the strings. */
  readonly facts: HeadFacts;
  /** Whether the headers are an array. */
  readonly isArray: boolean;
  /** Whether they are an array with an iterator of its own. */
  readonly hasOwnIteration: boolean;
  /** Whether a check has looked at the header array itself. */
  headersWereSeen = false;
  #changeWasReported = false;

  /**
   * Reads status and headers, each value once.
   *
   * @param status The first argument of startResponse.
   * @param headers The second argument of startResponse.
   * @param earlier The facts about an earlier response with an array of headers.
   * If all strings are the same, and the array has no iterator of its own, they
   * are the `facts` of this response too.
   */
  constructor(status: unknown, headers: unknown, earlier?: HeadFacts) {
    this.#headers = headers;
    this.isArray = Array.isArray(headers);
    this.hasOwnIteration = Array.isArray(headers) &&
      hasOwnIteration(headers, headers[Symbol.iterator]);
    this.facts = readFacts(
      status,
      headers,
      this.hasOwnIteration ? undefined : earlier,
    );
  }

  /** The second argument. */
  get headers(): unknown {
    this.headersWereSeen = true;
    return this.#headers;
  }

  /** The first argument. */
  get status(): unknown {
    return this.facts.status;
  }

  /** The status code, if the status begins with three digits and a space. */
  get code(): number | undefined {
    return this.facts.code;
  }

  /** The unusual characters of the status: a set of `CharacterClass`. */
  get statusClasses(): number {
    return this.facts.statusClasses;
  }

  /** The headers that are pairs of strings. */
  get fields(): readonly Field[] {
    return this.facts.fields;
  }

  /** The first element that is not a pair; those after it were not read. */
  get noPair(): Misfit | undefined {
    return this.facts.noPair;
  }

  /** The first pair that does not consist of strings. */
  get noStrings(): Misfit | undefined {
    return this.facts.noStrings;
  }

  /** Whether every name is a token. */
  get hasTokens(): boolean {
    return this.facts.hasTokens;
  }

  /** The unusual characters of all values: a set of `CharacterClass`. */
  get classes(): number {
    return this.facts.classes;
  }

  /** The headers of the response: a set of `KNOWN`. */
  get known(): number {
    return this.facts.known;
  }

  /** The headers that occur more than once: a set of `KNOWN`. */
  get repeated(): number {
    return this.facts.repeated;
  }

  /** The size of the header section in bytes. */
  get size(): number {
    return this.facts.size;
  }

  /** The value of Content-Length, if there is one and it is a length. */
  get contentLength(): number | undefined {
    return this.facts.contentLength;
  }

  /** Whether this can be sent, so that rules about HTTP apply. */
  get isWellFormed(): boolean {
    return this.code !== undefined && this.code >= 200 && this.code <= 599 &&
      ((this.statusClasses | this.classes) & BROKEN) === 0 &&
      this.isArray && this.noPair === undefined &&
      this.noStrings === undefined && this.hasTokens;
  }

  /**
   * Compares the header array with the values that were read from it.
   *
   * @returns The change since then, if there is one.
   */
  findChange(): string | undefined {
    const headers = this.#headers;
    const { fields } = this;
    // Other elements cannot be compared, and were reported.
    if (
      !Array.isArray(headers) || this.noPair !== undefined ||
      this.noStrings !== undefined
    ) return undefined;
    try {
      return compare(headers, fields);
    } catch {
      // There is a proxy or a getter in the array.
      return undefined;
    }
  }

  /**
   * Does the same as {@linkcode findChange}, but returns a change only once.
   *
   * @returns The change since then, if there is one.
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
 * @param earlier The facts about an earlier response.
 * @returns The view.
 */
export function readResponse(
  status: unknown,
  headers: unknown,
  earlier?: HeadFacts,
): ResponseView {
  return new ResponseView(status, headers, earlier);
}

/**
 * Finds the first of some headers.
 *
 * @param response The response.
 * @param bits The headers: a set of `KNOWN`.
 * @param passOver The number of such headers to skip.
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
