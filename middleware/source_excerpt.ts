/**
 * Reads the lines of a program around an error.
 *
 * @module
 */

import type { SourcePlace } from "../wsgi/source_place.ts";

/** A few lines of a file. */
export interface SourceExcerpt {
  /** The path of the file. */
  readonly file: string;
  /** The number of the failing line, from 1. */
  readonly line: number;
  /** The column of the error, from 1. */
  readonly column: number;
  /** The lines with their numbers. */
  readonly lines: readonly (readonly [number: number, text: string])[];
}

/** The number of lines before and after the failing one. */
const AROUND = 5;
/** The maximum length of a line. A bundle may have lines of a megabyte. */
const MAX_WIDTH = 300;

/**
 * Returns the possible paths for a URL in a stack: Deno decodes some of these
 * URLs and leaves others encoded.
 */
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

/** Reads a file if this does not prompt for a permission. */
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

/** A program can write any file into a stack; only modules are read. */
const MODULE = /\.[cm]?[jt]sx?$/;

/**
 * Reads the lines around a place.
 *
 * @param place The place. Its file is a `file:` URL or a path.
 * @returns The lines; `undefined` if the file does not exist or is not a module,
 * or if reading it would prompt for a permission.
 */
export function readExcerpt(place: SourcePlace): SourceExcerpt | undefined {
  const { file: url, line, column } = place;
  if (/^[a-z]{2,}:/i.test(url) && !url.startsWith("file:")) return undefined;
  if (!MODULE.test(url)) return undefined;
  for (const file of candidates(url)) {
    const all = readQuietly(file)?.split(/\r?\n/);
    if (all === undefined || line < 1 || line > all.length) continue;
    const first = Math.max(1, line - AROUND);
    const lines = all.slice(first - 1, line + AROUND)
      .map((text, i) => [first + i, text.slice(0, MAX_WIDTH)] as const);
    // The line feed at the end of a file does not start another line.
    if (lines.at(-1)?.[0] === all.length && all.at(-1) === "") lines.pop();
    return { file, line, column, lines };
  }
}
