/**
 * Text for XML and HTML.
 *
 * @module
 */

import { escapeControls } from "../../wsgi/describe.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * Escapes text for XML and HTML. Control characters, most of which XML cannot
 * contain at all, are written as in JavaScript.
 *
 * @param text The text.
 * @returns The text without characters that have a meaning in markup.
 */
export function escapeMarkup(text: string): string {
  return escapeControls(text).replace(
    /[&<>"']/g,
    (one) => ENTITIES[one] ?? one,
  );
}
