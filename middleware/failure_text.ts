/**
 * Renders a failure as plain text, for a terminal.
 *
 * @module
 */

import { escapeControls } from "../wsgi/describe.ts";
import type { FailureReport, ReportedError } from "./failure_report.ts";
import type { SourceExcerpt } from "./source_excerpt.ts";

/** Renders an excerpt as lines of text. The failing line is marked with `>`. */
export function toExcerptText(excerpt: SourceExcerpt): string[] {
  const { line, lines } = excerpt;
  const width = String(lines.at(-1)?.[0] ?? line).length;
  return lines.map(([number, text]) =>
    `${number === line ? ">" : " "} ${String(number).padStart(width)} | ${text}`
  );
}

/** Frames of this package and of the runtime would hide those of the program. */
function errorLines({ frames, errors, cause }: ReportedError): string[] {
  const own = frames.filter(({ isUser }) => isUser);
  const lines = (own.length > 0 ? own : frames).map(({ text }) =>
    `    ${text}`
  );
  for (const one of errors ?? []) {
    lines.push(`One of several: ${one.name}: ${one.message}`);
    lines.push(...errorLines(one));
  }
  if (cause !== undefined) {
    lines.push(`Caused by: ${cause.name}: ${cause.message}`);
    lines.push(...errorLines(cause));
  }
  return lines;
}

/**
 * Renders a failure as plain text without control characters, except for line
 * feeds.
 */
export function toFailureText(report: FailureReport): string {
  const { error, rule, hint, excerpt, request, application } = report;
  const lines = [`${error.name}: ${error.message}`];
  if (rule !== undefined) {
    lines.push(`  rule: ${rule.id}, broken by the ${rule.blame}`);
  }
  if (application !== undefined) lines.push(`  in:   ${application}`);
  if (hint !== undefined) lines.push(`  hint: ${hint}`);
  if (rule !== undefined) lines.push(`  see:  ${rule.url ?? rule.explanation}`);
  lines.push("");
  if (excerpt !== undefined) {
    const { file, line, column } = excerpt;
    lines.push(`${file}:${line}:${column}`, ...toExcerptText(excerpt), "");
  }
  const stack = errorLines(error);
  if (stack.length > 0) lines.push(...stack, "");
  if (request !== undefined) {
    lines.push(`${request.method} ${request.target}`);
    for (const [name, value] of request.variables) {
      lines.push(`  ${name}: ${value}`);
    }
  }
  return `${escapeControls(lines.join("\n"))}\n`;
}
