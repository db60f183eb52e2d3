/**
 * The lines of a program around the place where it failed.
 *
 * @module
 */

import { isOwnFile } from "../wsgi/source_place.ts";

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

const FRAME = /^\s+at (?:.* \()?(file:\/\/.+?):(\d+):(\d+)\)?$/;

/**
 * Tells whether a line of a stack is of the user's program: in a file, and not
 * in one of this package.
 *
 * @param frame The line.
 * @returns Whether it is.
 */
export function isUserFrame(frame: string): boolean {
  const [, url] = FRAME.exec(frame) ?? [];
  return url !== undefined && !isOwnFile(url);
}

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
 * Reads what stands around the first line of the user's program in a stack.
 *
 * @param stack The stack.
 * @returns The lines, or nothing where there is no such file or it may not be
 * read.
 */
export function readExcerpt(stack: string): SourceExcerpt | undefined {
  const frame = stack.split("\n").find(isUserFrame);
  const [, url = "", row = "", column = ""] = FRAME.exec(frame ?? "") ?? [];
  for (const file of candidates(url)) {
    const all = file === "" ? undefined : readQuietly(file)?.split(/\r?\n/);
    const line = Number(row);
    if (all === undefined || line < 1 || line > all.length) continue;
    const first = Math.max(1, line - AROUND);
    const lines = all.slice(first - 1, line + AROUND)
      .map((text, i) => [first + i, text.slice(0, MAX_WIDTH)] as const);
    // A file ends with a line feed, not with an empty line.
    if (lines.at(-1)?.[0] === all.length && all.at(-1) === "") lines.pop();
    return { file, line, column: Number(column), lines };
  }
}
