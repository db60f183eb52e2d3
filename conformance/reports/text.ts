/**
 * A report for a terminal, and the progress that it shows before.
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

/** Shows how far it is: on a terminal by a line that is written over. */
export class Progress {
  readonly #isTerminal: boolean;
  readonly #write: (text: string) => void;

  /**
   * @param isTerminal Whether a line can be written over.
   * @param write Where it goes.
   */
  constructor(isTerminal: boolean, write: (text: string) => void) {
    this.#isTerminal = isTerminal;
    this.#write = write;
  }

  /** Takes the end of a case. */
  add(report: CaseReport, done: number, total: number): void {
    if (report.outcome === "failed") {
      this.#clear();
      this.#write(`${caseText(report)}\n`);
    }
    if (this.#isTerminal) {
      this.#write(`\r\x1b[K${done}/${total} ${report.id}`);
    } else if (done % 50 === 0 || done === total) {
      this.#write(`${done} of ${total} cases\n`);
    }
  }

  /** Takes away the line that was written over. */
  end(): void {
    this.#clear();
  }

  #clear(): void {
    if (this.#isTerminal) this.#write("\r\x1b[K");
  }
}
