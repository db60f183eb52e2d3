/**
 * Formats the requirements of SPEC.md as HTML.
 *
 * @module
 */

import { escapeMarkup } from "./markup.ts";

/** Inline Markdown: code, links, strong and emphasis. */
const INLINE =
  /(`+)(.+?)\1(?!`)|\[((?:[^\][]|\[[^\]]*\])+)\]\(([^)\s]+)\)|\*\*(.+?)\*\*|(?<![\w`])_(.+?)_(?!\w)/g;

/** Returns the target of a link; `undefined` for its text without a link. */
export type Linker = (anchor: string) => string | undefined;

function linkHtml(text: string, address: string, link: Linker): string {
  const inner = inlineHtml(text, link);
  const target = address.startsWith("#")
    ? link(address.slice(1))
    : /^https:\/\//.test(address)
    ? address
    : undefined;
  return target === undefined
    ? inner
    : `<a href="${escapeMarkup(target)}">${inner}</a>`;
}

/** Formats inline Markdown as HTML. No other Markdown is supported. */
function inlineHtml(text: string, link: Linker): string {
  let html = "";
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    const [all, , code, label, address = "", strong, emphasis] = match;
    html += escapeMarkup(text.slice(end, match.index));
    end = match.index + all.length;
    if (code !== undefined) html += `<code>${escapeMarkup(code.trim())}</code>`;
    else if (label !== undefined) html += linkHtml(label, address, link);
    else if (strong !== undefined) {
      html += `<strong>${inlineHtml(strong, link)}</strong>`;
    } else html += `<em>${inlineHtml(emphasis ?? "", link)}</em>`;
  }
  return html + escapeMarkup(text.slice(end));
}

/**
 * Finds the requirements of the specification.
 *
 * @param markdown The text of SPEC.md.
 * @returns The Markdown of each requirement, by its anchor.
 */
export function readRequirements(markdown: string): Map<string, string> {
  const items = markdown.split(/^- (?=<a id=")/m).slice(1).map((part) => {
    const [item = ""] = part.split(/\n(?=\S)/);
    const [, anchor = "", text = ""] =
      /^<a id="([^"]+)"><\/a>\[\*\*[^*]*\*\*\]\([^)]*\)\s*([^]*)$/.exec(item) ??
        [];
    return [anchor, text.replace(/\s+/g, " ").trim()] as const;
  });
  return new Map(items);
}

/**
 * Formats a requirement as HTML.
 *
 * @param text The requirement as Markdown.
 * @param link Returns the targets of links to other requirements.
 * @returns The HTML text.
 */
export function requirementHtml(text: string, link: Linker): string {
  return inlineHtml(text, link);
}
