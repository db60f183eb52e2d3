/**
 * What the command line shows while cases run.
 *
 * @module
 */

import { caseText } from "./reports/text.ts";
import type { CaseReport } from "./report.ts";

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
