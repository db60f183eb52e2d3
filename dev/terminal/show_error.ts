/**
 * Formats errors and findings for the terminal.
 *
 * @module
 */

import { toFilePath } from "../../cli/load_module.ts";
import { escapeControls } from "../../wsgi/describe.ts";
import type { SourcePlace } from "../../wsgi/source_place.ts";
import { readExcerpt } from "../../middleware/source_excerpt.ts";
import { toExcerptText } from "../../middleware/failure_text.ts";
import type { Failure } from "../application_state.ts";
import type { DescribedError, DescribedFinding } from "../conversation.ts";
import type { Paint } from "./paint.ts";

/** The maximum number of frames of one error. */
const MAX_FRAMES = 5;

/** The number of lines before and after the one with the error. */
const AROUND = 2;

/** Returns a path relative to the current folder, if it is inside. */
function toShort(file: string): string {
  const path = toFilePath(file);
  const folder = `${Deno.cwd()}/`;
  return path.startsWith(folder) ? path.slice(folder.length) : path;
}

/**
 * Formats a place like `"app.ts:3:9"`, which many terminals turn into a link.
 *
 * @param place The place.
 */
export function showPlace({ file, line, column }: SourcePlace): string {
  return escapeControls(`${toShort(file)}:${line}:${column}`);
}

function excerptLines(place: SourcePlace, paint: Paint): string[] {
  const excerpt = readExcerpt(place);
  if (excerpt === undefined) return [];
  const lines = excerpt.lines.filter(([number]) =>
    Math.abs(number - place.line) <= AROUND
  );
  return toExcerptText({ ...excerpt, lines }).map((text) => {
    const shown = `    ${escapeControls(text)}`;
    return text.startsWith(">") ? shown : paint.dim(shown);
  });
}

/**
 * Formats an error with its frames, its causes, and the lines around it.
 *
 * @param error The error.
 * @param paint The colors.
 * @param showsExcerpt Whether to show lines of the source.
 * @returns The lines.
 */
export function showError(
  error: DescribedError,
  paint: Paint,
  showsExcerpt = true,
): string[] {
  const { name, message, frames, cause, errors = [] } = error;
  const lines = escapeControls(message).split("\n")
    .map((text, i) => i === 0 ? `  ${paint.red(name)}: ${text}` : `  ${text}`);
  frames.slice(0, MAX_FRAMES).forEach((frame, i) => {
    const by = frame.name === "" ? "" : `${escapeControls(frame.name)} `;
    lines.push(`    at ${by}${paint.cyan(showPlace(frame))}`);
    if (i === 0 && showsExcerpt) lines.push(...excerptLines(frame, paint));
  });
  for (const one of errors) {
    lines.push("  one of several:", ...showError(one, paint, false));
  }
  if (cause !== undefined) {
    lines.push("  caused by:", ...showError(cause, paint, frames.length === 0));
  }
  return lines;
}

/**
 * Formats the reason why the application cannot answer.
 *
 * @param failure The reason.
 * @param paint The colors.
 * @returns The lines.
 */
export function showFailureLines(failure: Failure, paint: Paint): string[] {
  const lines = showError(failure.error, paint);
  if (failure.hint !== undefined) {
    lines.push(`  ${paint.bold("hint:")} ${escapeControls(failure.hint)}`);
  }
  return lines;
}

/**
 * Formats a finding of the validator.
 *
 * @param finding The finding.
 * @param paint The colors.
 * @param link The URL of the page about its rule.
 * @returns The lines.
 */
export function showFinding(
  finding: DescribedFinding,
  paint: Paint,
  link: string,
): string[] {
  const { severity, rule, message, hint, place } = finding;
  const color = severity === "error" ? paint.red : paint.yellow;
  const text = message.replace(/ \(rule [^()]*\)$/, "");
  const lines = [`  ${color(`${severity} ${rule}`)}: ${escapeControls(text)}`];
  if (place !== undefined) {
    lines.push(`    at ${paint.cyan(showPlace(place))}`);
    lines.push(...excerptLines(place, paint));
  }
  if (hint !== undefined) lines.push(`    hint: ${escapeControls(hint)}`);
  lines.push(`    ${paint.dim(`see:  ${link}`)}`);
  return lines;
}
