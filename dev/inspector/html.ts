/**
 * HTML in which every value is escaped: there is no other way to insert one.
 *
 * @module
 */

import { escapeControls } from "../../wsgi/describe.ts";

/** A piece of HTML that was made by {@linkcode markup}. */
export class Html {
  readonly #markup: string;

  /** Used by {@linkcode markup} alone, which escapes its values. */
  constructor(markup: string) {
    this.#markup = markup;
  }

  /** The markup. */
  toString(): string {
    return this.#markup;
  }
}

/** A value in a template: text, markup, or an array of both. */
export type HtmlValue =
  | string
  | number
  | Html
  | undefined
  | false
  | readonly HtmlValue[];

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * Escapes text for an element or a quoted attribute. Control characters, except
 * tab and line feed, and characters that change the direction of writing become
 * visible escapes. Surrogates and noncharacters become U+FFFD.
 */
function escapeText(text: string): string {
  return escapeControls(text).replace(
    /[&<>"'\p{Noncharacter_Code_Point}\p{Surrogate}]/gu,
    (char) => ENTITIES[char] ?? "\ufffd",
  );
}

function toMarkup(value: HtmlValue): string {
  if (value instanceof Html) return value.toString();
  if (value === undefined || value === false) return "";
  return typeof value === "object"
    ? value.map(toMarkup).join("")
    : escapeText(String(value));
}

/**
 * Makes HTML from a template. Values are escaped; `undefined` and `false`
 * insert nothing. A value in an attribute needs quotes around it.
 *
 * @returns The markup.
 *
 * @example Usage
 * ```ts ignore
 * markup`<p class="${"a"}">${"<script>"}</p>`;
 * // <p class="a">&lt;script&gt;</p>
 * ```
 */
export function markup(
  strings: TemplateStringsArray,
  ...values: readonly HtmlValue[]
): Html {
  let markup = strings[0] ?? "";
  for (const [index, value] of values.entries()) {
    markup += toMarkup(value) + strings[index + 1];
  }
  return new Html(markup);
}
