/**
 * Shows lines of the application's source around a place.
 *
 * @module
 */

import type { SourcePlace } from "../../wsgi/source_place.ts";
import type { DescribedError } from "../conversation.ts";
import { cut } from "./format.ts";
import { type Html, markup } from "./html.ts";

/** The number of lines before and after the one in question. */
const AROUND = 3;
/** A bundle may have a line of a megabyte. */
const MAX_WIDTH = 240;
/** The number of excerpts on one page, which may have thousands of findings. */
const MAX_EXCERPTS = 40;
/** A cause may have itself as its cause. */
const MAX_CAUSES = 5;
const MAX_FRAMES = 12;

/** Reads a file of the application; `undefined` for other files. */
export type ReadSource = (file: string) => Promise<string | undefined>;

/** Shortens a path to its last two parts. */
export function shortName(file: string): string {
  const path = file.replace(/^file:\/\//, "");
  return path.split(/[/\\]/).slice(-2).join("/");
}

/** Writes a place as `app.ts:14`, with the whole path in its title. */
export function showPlace({ file, line, column }: SourcePlace): Html {
  return markup`<code class="place" title="${file}:${line}:${column}">${
    shortName(file)
  }:${line}</code>`;
}

/**
 * Shows lines of a program.
 *
 * @param lines The lines with their numbers.
 * @param marked The number of the line in question.
 * @returns The lines, in a box that can be scrolled by keyboard.
 */
export function showLines(
  lines: readonly (readonly [number: number, text: string])[],
  marked: number,
): Html {
  const rows = lines.map(([number, text]) =>
    markup`<span class="line${
      number === marked && " at"
    }"><span class="number">${number}</span>${cut(text, MAX_WIDTH)}\n</span>`
  );
  return markup`<pre class="source" tabindex="0" role="group" aria-label="Source, line ${marked}"><code>${rows}</code></pre>`;
}

/** Shows a hint. */
export function showHint(hint: string): Html {
  return markup`<p class="hint"><strong>Hint:</strong> ${hint}</p>`;
}

/** Shows sources of one page, each file read once. */
export class SourceViewer {
  readonly #read: ReadSource;
  readonly #files = new Map<string, Promise<string | undefined>>();
  #shown = 0;

  /** @param read Reads a file. */
  constructor(read: ReadSource) {
    this.#read = read;
  }

  /**
   * Shows the lines around a place.
   *
   * @param place The place.
   * @returns The lines; `undefined` if the file is not the application's.
   */
  async excerpt(place: SourcePlace | undefined): Promise<Html | undefined> {
    if (place === undefined || this.#shown >= MAX_EXCERPTS) return undefined;
    const all = (await this.#textOf(place.file))?.split(/\r?\n/);
    const { line } = place;
    if (all === undefined || line < 1 || line > all.length) return undefined;
    this.#shown++;
    const first = Math.max(1, line - AROUND);
    const lines = all.slice(first - 1, line + AROUND);
    return showLines(
      lines.map((text, index) => [first + index, text] as const),
      line,
    );
  }

  /**
   * Shows an error with its first place, its frames and its causes.
   *
   * @param error The error.
   * @param outer The errors that it is part of, or the cause of.
   * @returns The message, the lines around the first frame, and the stack.
   */
  async error(
    error: DescribedError,
    outer: readonly DescribedError[] = [],
  ): Promise<Html> {
    const { frames, cause, errors = [] } = error;
    const line = lineOf(error);
    // An error and its cause are often made in the same line.
    const isShown = outer.some((one) => lineOf(one) === line);
    const source = isShown ? undefined : await this.excerpt(frames[0]);
    const all = [...outer, error];
    const inner = outer.length >= MAX_CAUSES ? [] : await Promise.all([
      ...cause === undefined ? [] : [this.#nested("Caused by", cause, all)],
      ...errors.slice(0, MAX_CAUSES).map((one) =>
        this.#nested("One of its errors", one, all)
      ),
    ]);
    return markup`<p class="message"><strong>${error.name}</strong>: ${error.message}</p>${source}${
      showFrames(frames)
    }${inner}`;
  }

  async #nested(
    title: string,
    error: DescribedError,
    outer: readonly DescribedError[],
  ): Promise<Html> {
    return markup`<div class="cause"><p class="label">${title}</p>${await this
      .error(error, outer)}</div>`;
  }

  #textOf(file: string): Promise<string | undefined> {
    const known = this.#files.get(file);
    if (known !== undefined) return known;
    // Without the file, the page has no excerpt.
    const text = this.#read(file).catch(() => undefined);
    this.#files.set(file, text);
    return text;
  }
}

function lineOf({ frames: [first] }: DescribedError): string | undefined {
  return first && `${first.file}:${first.line}`;
}

function showFrames(frames: DescribedError["frames"]): Html | undefined {
  if (frames.length === 0) return undefined;
  const rows = frames.slice(0, MAX_FRAMES).map((frame) =>
    markup`<li><code>${frame.name || "(top level)"}</code> ${
      showPlace(frame)
    }</li>`
  );
  return markup`<ol class="frames" aria-label="Stack">${rows}</ol>`;
}
