/**
 * The lines of a program around the place where it failed.
 *
 * @module
 */

import type { SourcePlace } from "../wsgi/source_place.ts";

/** A few lines of a file. */
export interface SourceExcerpt {
  /** The path of the file. */
  readonly file: string;
  /** The line at fault, from 1. */
  readonly line: number;
  /** The column at fault, from 1. */
  readonly column: number;
  /** The lines with their numbers. */
  readonly lines: readonly (readonly [number: number, text: string])[];
}

/** How many lines are shown before and after the one at fault. */
const AROUND = 5;
/** A bundle may have a line of a megabyte. */
const MAX_WIDTH = 300;

/** Deno shows some addresses of files decoded, and others not. */
function candidates(url: string): string[] {
  const path = url.replace(/^file:\/\/(?=\/)/, "").replace(
    /^\/(?=[A-Za-z]:)/,
    "",
  );
  try {
    return [path, decodeURIComponent(path)];
  } catch {
    return [path];
  }
}

/** Reads a file if that needs no question to whoever started the program. */
function readQuietly(path: string): string | undefined {
  const { Deno } = globalThis as { Deno?: typeof globalThis.Deno };
  if (Deno === undefined) return undefined;
  try {
    const { state } = Deno.permissions.querySync({ name: "read", path });
    return state === "granted" ? Deno.readTextFileSync(path) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Reads the lines around a place.
 *
 * @param place The place. Its file is a `file:` URL, or a path.
 * @returns The lines, or nothing where there is no such file or it may not be
 * read without asking for a permission.
 */
export function readExcerpt(place: SourcePlace): SourceExcerpt | undefined {
  const { file: url, line, column } = place;
  if (/^[a-z]{2,}:/i.test(url) && !url.startsWith("file:")) return undefined;
  for (const file of candidates(url)) {
    const all = readQuietly(file)?.split(/\r?\n/);
    if (all === undefined || line < 1 || line > all.length) continue;
    const first = Math.max(1, line - AROUND);
    const lines = all.slice(first - 1, line + AROUND)
      .map((text, i) => [first + i, text.slice(0, MAX_WIDTH)] as const);
    // A file ends with a line feed, not with an empty line.
    if (lines.at(-1)?.[0] === all.length && all.at(-1) === "") lines.pop();
    return { file, line, column, lines };
  }
}
