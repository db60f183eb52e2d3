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
 * Escapes text for XML and HTML. Control characters, most of which XML does not
 * allow, are written as JavaScript escapes.
 *
 * @param text Any text.
 * @returns The escaped text.
 */
export function escapeMarkup(text: string): string {
  return escapeControls(text).replace(
    /[&<>"']/g,
    (one) => ENTITIES[one] ?? one,
  );
}
