/**
 * A report for a terminal, and the progress that is shown before it.
 *
 * @module
 */

import { escapeControls } from "../../wsgi/describe.ts";
import {
  type CaseReport,
  type Report,
  summarize,
  toSubjects,
} from "../report.ts";

/**
 * Formats one case that did not pass.
 *
 * @param one The result of the case.
 * @returns One or more lines.
 */
export function caseText(one: CaseReport): string {
  const lines = [
    `${one.outcome} ${one.id}: ${one.title}`,
    ...(one.message === undefined ? [] : [`  ${one.message}`]),
    `  SPEC.md#${one.spec}`,
  ];
  return lines.map(escapeControls).join("\n");
}

function aboutText({ about }: Report): string[] {
  if (about === undefined) return [];
  const { subject, kit, notes = [] } = about;
  return [
    `${subject}, checked with ${kit}`,
    ...notes.map((note) => `note: ${note}`),
    "",
  ].map(escapeControls);
}

function skippedText({ cases }: Report): string[] {
  const reasons = Map.groupBy(
    cases.filter(({ outcome }) => outcome === "skipped"),
    ({ message = "" }) => message,
  );
  return [...reasons].flatMap(([reason, skipped]) =>
    skipped.length === 1 ? skipped.map(caseText) : [
      escapeControls(`skipped ${skipped.length} cases`),
      `  ${escapeControls(reason)}`,
    ]
  );
}

/**
 * Formats a report as text: what was checked, a line for each subject, each
 * case that did not pass or has a warning, and a summary. Cases that were
 * skipped for the same reason are counted.
 *
 * @param report The report to format.
 * @returns The text, with a line end.
 */
export function toText(report: Report): string {
  const subjects = toSubjects(report);
  const width = Math.max(0, ...subjects.map(({ name }) => name.length));
  const lines = subjects.map((subject) =>
    `${subject.name.padEnd(width)}  ${summarize(subject)}`
  );
  // A case that passed has a message if the validator has warned.
  const others = report.cases.filter(({ outcome, message }) =>
    outcome !== "skipped" && (outcome !== "passed" || message !== undefined)
  );
  return [
    ...aboutText(report),
    ...lines,
    "",
    ...others.map(caseText),
    ...skippedText(report),
    summarize(report),
    "",
  ].join("\n");
}

/** Shows on a terminal how many cases were run, in one line. */
export class Progress implements Disposable {
  readonly #write: ((text: string) => void) | undefined;
  readonly #columns: number;
  #failed = 0;

  /**
   * @param write Writes to the terminal. If it is `undefined`, nothing is
   * shown.
   * @param columns The width of the terminal, so that the line does not wrap.
   */
  constructor(write: ((text: string) => void) | undefined, columns = 80) {
    this.#write = write;
    this.#columns = columns;
  }

  /** Shows that a case has ended. */
  add(report: CaseReport, done: number, total: number): void {
    if (report.outcome === "failed") this.#failed++;
    const failed = this.#failed === 0 ? "" : `, ${this.#failed} failed`;
    const line = `${done}/${total}${failed}  ${report.id}`;
    // The cursor returns to the start, so that other output begins a line.
    this.#write?.(`\r\x1b[K${line.slice(0, this.#columns - 1)}\r`);
  }

  /** Removes the line. */
  [Symbol.dispose](): void {
    this.#write?.("\r\x1b[K");
  }
}
