/**
 * A report for a terminal.
 *
 * @module
 */

import { escapeControls } from "../../wsgi/describe.ts";
import type { CaseReport, Report } from "../report.ts";
import { summarize, toSubjects } from "./subjects.ts";

/**
 * Writes one case that did not pass.
 *
 * @param one The case.
 * @returns Its lines.
 */
export function caseText(one: CaseReport): string {
  const lines = [
    `${one.outcome} ${one.id}: ${one.title}`,
    ...(one.message === undefined ? [] : [`  ${one.message}`]),
    `  SPEC.md#${one.spec}`,
  ];
  return lines.map(escapeControls).join("\n");
}

/**
 * Writes a report as text: a line for each subject, then what did not pass or
 * has a warning,
 * then a summary.
 *
 * @param report The report.
 * @returns The text, with a line end.
 */
export function toText(report: Report): string {
  const subjects = toSubjects(report);
  const width = Math.max(0, ...subjects.map(({ name }) => name.length));
  const lines = subjects.map((subject) =>
    `${subject.name.padEnd(width)}  ${summarize(subject)}`
  );
  // A case that passed has a message where the validator has warned.
  const others = report.cases.filter(({ outcome, message }) =>
    outcome !== "passed" || message !== undefined
  );
  return [...lines, "", ...others.map(caseText), summarize(report), ""]
    .join("\n");
}
