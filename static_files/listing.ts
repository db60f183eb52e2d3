/**
 * Builds the page that lists a folder.
 *
 * @module
 */

import { escape } from "@std/html";
import { isServed, locate, statusOfFileError } from "./path.ts";

/** One line of the page. */
interface Entry {
  readonly name: string;
  readonly isFolder: boolean;
  readonly size: number;
  readonly modified: Date | null;
}

/** The styles are part of the page, so that it works offline. */
const STYLE = `:root { color-scheme: light dark; font: 1rem/1.5 system-ui, \
sans-serif; }
body { margin: 2rem auto; padding: 0 1rem; max-width: 60rem; }
h1 { font-size: 1.25rem; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: 0.25rem 0.5rem; text-align: start; }
th { border-bottom: 1px solid GrayText; }
td:first-child { overflow-wrap: anywhere; }
td:nth-child(n + 2) { color: GrayText; white-space: nowrap; }
td:nth-child(2), th:nth-child(2) { text-align: end; }`;

const UNITS = ["kB", "MB", "GB", "TB", "PB"];

// deno-lint-ignore no-control-regex -- the pattern looks for them
const CONTROL = /[\x00-\x1f\x7f]/g;

/** Renders a name as HTML. Control characters become visible. */
function visibleName(name: string): string {
  const visible = name.replace(
    CONTROL,
    (char) =>
      char === "\x7f"
        ? "\u2421"
        : String.fromCharCode(0x2400 + char.charCodeAt(0)),
  );
  // <bdi> keeps the name from changing the direction of the text around it.
  return `<bdi>${escape(visible)}</bdi>`;
}

/** Formats a size with at most three digits before its unit. */
function showSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  let size = bytes / 1000;
  let unit = 0;
  while (size >= 999.95 && unit < UNITS.length - 1) {
    size /= 1000;
    unit++;
  }
  return `${size.toFixed(1)} ${UNITS[unit]}`;
}

function showTime(time: Date | null): string {
  if (time === null || Number.isNaN(time.getTime())) return "";
  const iso = time.toISOString();
  const text = `${iso.slice(0, -14)} ${iso.slice(-13, -8)}`;
  return `<time datetime="${iso}">${text}</time>`;
}

function showEntry({ name, isFolder, size, modified }: Entry): string {
  const slash = isFolder ? "/" : "";
  // "./" prevents a name with a colon from being parsed as a scheme.
  const href = `./${encodeURIComponent(name)}${slash}`;
  return `<tr><td><a href="${escape(href)}">${
    visibleName(name)
  }${slash}</a></td>` +
    `<td>${isFolder ? "" : showSize(size)}</td>` +
    `<td>${showTime(modified)}</td></tr>`;
}

const order = new Intl.Collator("en", { numeric: true });

/**
 * Sorts folders first. Names that the collator considers equal are sorted by
 * code units.
 */
function compare(a: Entry, b: Entry): number {
  if (a.isFolder !== b.isFolder) return a.isFolder ? -1 : 1;
  return order.compare(a.name, b.name) || (a.name < b.name ? -1 : 1);
}

/** Reads an entry. Returns `undefined` if it would not be served. */
async function readEntry(
  root: string,
  names: readonly string[],
  dotFiles: boolean,
): Promise<Entry | undefined> {
  try {
    const found = await locate(root, names, dotFiles);
    if (found === undefined) return undefined;
    const { size, mtime } = await Deno.stat(found.path);
    const isFolder = found.kind === "folder";
    return { name: names.at(-1) ?? "", isFolder, size, modified: mtime };
  } catch (error) {
    // The entry was removed, is a broken link, or has a name that is not UTF-8.
    if (statusOfFileError(error) !== undefined) return undefined;
    throw error;
  }
}

/**
 * Returns the page that lists a folder: the entries that would be served,
 * sorted.
 *
 * @param root The folder that is served.
 * @param names The path from the root to the folder to list.
 * @param path The real path of the folder to list.
 * @param dotFiles Whether names may start with a dot.
 * @returns The page, in HTML.
 */
export async function listFolder(
  root: string,
  names: readonly string[],
  path: string,
  dotFiles: boolean,
): Promise<string> {
  const entries: Entry[] = [];
  for await (const { name } of Deno.readDir(path)) {
    if (!isServed(name, dotFiles)) continue;
    const entry = await readEntry(root, [...names, name], dotFiles);
    if (entry !== undefined) entries.push(entry);
  }
  const rows = entries.sort(compare).map(showEntry);
  if (names.length > 0) {
    rows.unshift(`<tr><td><a href="../">../</a></td><td></td><td></td></tr>`);
  }
  const title = `/${names.map((name) => `${name}/`).join("")}`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${visibleName(title).replace(/<\/?bdi>/g, "")}</title>
<style>
${STYLE}
</style>
</head>
<body>
<main>
<h1>${visibleName(title)}</h1>
<table>
<thead><tr><th scope="col">Name</th><th scope="col">Size</th><th scope="col">\
Modified (UTC)</th></tr></thead>
<tbody>
${rows.join("\n")}
</tbody>
</table>
</main>
</body>
</html>
`;
}
