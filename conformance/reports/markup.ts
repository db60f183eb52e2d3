/**
 * Text in XML and HTML.
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
 * have at all, are written as in JavaScript.
 *
 * @param text The text.
 * @returns What stands for it.
 */
export function escapeMarkup(text: string): string {
  return escapeControls(text).replace(
    /[&<>"']/g,
    (one) => ENTITIES[one] ?? one,
  );
}
