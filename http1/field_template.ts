/**
 * {@linkcode FieldTemplate}: header sections that differ from one another in
 * the values of a few fields.
 *
 * @module
 */

import { isUnderstood, trimBlanks } from "./field_line.ts";
import type { RequestFields } from "./request_head.ts";

/**
 * The characters that no line may contain: NUL, other control characters except
 * HTAB, and DEL.
 */
export const CONTROL: RegExp = /[^\t\x20-\x7e\x80-\xff]/;

/**
 * A header section with gaps for the values that differ from request to request
 * on a connection, such as those of Cookie and Referer. In a section that
 * matches, only these values need to be parsed.
 */
export class FieldTemplate {
  readonly #fields: RequestFields;
  /** The indexes of the lines whose values differ. */
  readonly #varying: readonly number[];
  /** The text before, between and after these values. */
  readonly #fixed: readonly string[];

  private constructor(
    fields: RequestFields,
    varying: readonly number[],
    fixed: readonly string[],
  ) {
    this.#fields = fields;
    this.#varying = varying;
    this.#fixed = fixed;
  }

  /**
   * Compares two header sections of a connection.
   *
   * @param before The fields of the first one.
   * @param fields The fields of the second one.
   * @param block The lines of the second one, with the empty line.
   * @param template The template that the second one did not match, if any.
   * @returns A template for both; `undefined` if they differ in more than the
   * values of fields that this layer does not interpret.
   */
  static of(
    before: RequestFields,
    fields: RequestFields,
    block: string,
    template: FieldTemplate | undefined,
  ): FieldTemplate | undefined {
    const known = before.headers;
    const { headers } = fields;
    if (known.length !== headers.length) return undefined;
    const earlier = template === undefined ? [] : template.#varying;
    const varying: number[] = [];
    const fixed: string[] = [];
    let start = 0;
    let at = 0;
    for (let i = 0; 2 * i < headers.length; i++) {
      const name = headers[2 * i] as string;
      if (name !== known[2 * i]) return undefined;
      const end = block.indexOf("\r\n", at);
      const isSame = headers[2 * i + 1] === known[2 * i + 1];
      if (!isSame && isUnderstood(name)) return undefined;
      if (!isSame || earlier.includes(i)) {
        varying.push(i);
        fixed.push(block.slice(start, at + name.length + 1));
        start = end;
      }
      at = end + 2;
    }
    if (varying.length === 0) return undefined;
    fixed.push(block.slice(start));
    return new FieldTemplate(fields, varying, fixed);
  }

  /**
   * Parses a header section that differs in the known places only.
   *
   * @param text A text that ends with the section and its empty line.
   * @param start The index at which the section begins.
   * @returns Its fields; `undefined` if it does not match.
   */
  match(text: string, start: number): RequestFields | undefined {
    const fixed = this.#fixed;
    const varying = this.#varying;
    const headers = [...this.#fields.headers];
    let at = start;
    for (let i = 0; i < varying.length; i++) {
      const known = fixed[i] as string;
      const from = at + known.length;
      // Faster than startsWith().
      if (text.slice(at, from) !== known) return undefined;
      at = text.indexOf("\r\n", from);
      if (at === -1) return undefined;
      const value = text.slice(from, at);
      if (CONTROL.test(value)) return undefined;
      headers[2 * (varying[i] as number) + 1] = trimBlanks(value, 0);
    }
    if (text.slice(at) !== fixed[varying.length]) return undefined;
    return { ...this.#fields, headers };
  }
}
