/**
 * {@linkcode FieldTemplate}: header sections that differ from one another in
 * the values of a few fields.
 *
 * @module
 */

import { type FieldLine, trimBlanks } from "./field_line.ts";
import type { RequestFields } from "./request_head.ts";

/**
 * The characters that no line may contain: NUL, other controls but HTAB, and
 * DEL.
 */
export const CONTROL: RegExp = /[^\t\x20-\x7e\x80-\xff]/;

/** A line of a header section. */
export interface HeaderLine {
  /** The line with its CRLF. */
  readonly text: string;
  /** The parsed line. */
  readonly parsed: FieldLine;
}

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
    lines: readonly HeaderLine[],
    varying: readonly number[],
    fields: RequestFields,
  ) {
    this.#fields = fields;
    this.#varying = varying;
    const fixed: string[] = [];
    let text = "";
    for (const [i, line] of lines.entries()) {
      if (varying.includes(i)) {
        fixed.push(`${text}${line.parsed.name}:`);
        text = "\r\n";
      } else text += line.text;
    }
    fixed.push(`${text}\r\n`);
    this.#fixed = fixed;
  }

  /**
   * Compares two header sections of a connection.
   *
   * @param before The lines of the first one.
   * @param lines The lines of the second one. Equal lines are the same object.
   * @param fields The fields of the second one.
   * @param template The template that the second one did not match, if any.
   * @returns A template for both; `undefined` if they differ in more than the
   * values of fields that this layer does not interpret.
   */
  static of(
    before: readonly HeaderLine[],
    lines: readonly HeaderLine[],
    fields: RequestFields,
    template: FieldTemplate | undefined,
  ): FieldTemplate | undefined {
    if (before.length !== lines.length) return undefined;
    const varying = new Set(template === undefined ? [] : template.#varying);
    for (const [i, line] of lines.entries()) {
      const other = before[i];
      if (line === other) continue;
      const { name, field } = line.parsed;
      if (name !== other?.parsed.name || field !== undefined) return undefined;
      varying.add(i);
    }
    if (varying.size === 0) return undefined;
    return new FieldTemplate(
      lines,
      [...varying].sort((a, b) => a - b),
      fields,
    );
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
