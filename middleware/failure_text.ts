/**
 * A failure as plain text, for a terminal.
 *
 * @module
 */

import { escapeControls } from "../wsgi/describe.ts";
import type { FailureReport } from "./failure_report.ts";
import type { SourceExcerpt } from "./source_excerpt.ts";

function showExcerpt(excerpt: SourceExcerpt): string[] {
  const { file, line, column, lines } = excerpt;
  const width = String(lines.at(-1)?.[0] ?? line).length;
  return [
    `${file}:${line}:${column}`,
    ...lines.map(([number, text]) =>
      `${number === line ? ">" : " "} ${
        String(number).padStart(width)
      } | ${text}`
    ),
    "",
  ];
}

/**
 * Writes a failure as plain text.
 *
 * @param report The failure.
 * @returns Lines without control characters.
 */
export function toFailureText(report: FailureReport): string {
  const { name, message, rule, excerpt, stack, method, target } = report;
  const lines = [`${name}: ${message}`];
  if (rule !== undefined) {
    lines.push(`  rule: ${rule.id}, broken by the ${rule.blame}`);
    if (rule.hint !== undefined) lines.push(`  hint: ${rule.hint}`);
    lines.push(`  see:  ${rule.url}`);
  }
  lines.push("");
  if (excerpt !== undefined) lines.push(...showExcerpt(excerpt));
  if (stack.length > 0) {
    lines.push(...stack.map((frame) => `    ${frame}`), "");
  }
  lines.push(`${method} ${target}`);
  for (const [name, value] of report.variables) {
    lines.push(`  ${name}: ${value}`);
  }
  return `${escapeControls(lines.join("\n"))}\n`;
}
