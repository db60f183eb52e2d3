/**
 * Runs the cases of a check one after the other, until further cases are
 * pointless.
 *
 * @module
 */

import type { CaseRecords } from "./case_record.ts";
import { Patience } from "./patience.ts";
import { findObstacle, type Obstacle } from "./reach.ts";
import type { CaseReport } from "./report.ts";
import { runCase } from "./run_case.ts";
import type { ServerCase } from "./server_case.ts";
import type { RunningServer } from "./server_under_test.ts";

/** A declared deviation, which is expected to fail, gets less time. */
const DEVIATION_TIMEOUT_MS = 1000;

/**
 * After this number of failed cases without a report, the kit looks for the
 * reason.
 */
const SUSPICIOUS = 3;

/** Runs cases, and skips the rest once they would not show anything new. */
export class CaseSequence {
  readonly #server: RunningServer;
  readonly #records: CaseRecords;
  readonly #timeout: number;
  readonly #patience: Patience;
  /** How many cases have failed in which the application reported nothing. */
  #unreached = 0;
  #isReached = false;
  #obstacle: Obstacle | undefined;

  /**
   * @param server The server under test.
   * @param records Receives the reports of the application.
   * @param timeout How long the server may be silent, in milliseconds.
   */
  constructor(server: RunningServer, records: CaseRecords, timeout: number) {
    this.#server = server;
    this.#records = records;
    this.#timeout = timeout;
    this.#patience = new Patience(timeout);
  }

  /** The reason why requests do not reach the application, if one was found. */
  get obstacle(): Obstacle | undefined {
    return this.#obstacle;
  }

  /**
   * Runs a case, or skips it.
   *
   * @param one The case to run.
   * @param run The unique name of the run.
   * @returns The result of the case.
   */
  async run(one: ServerCase, run: string): Promise<CaseReport> {
    const reason = this.#reasonToSkip();
    if (reason !== undefined) {
      const { id, spec, title } = one;
      return {
        ...{ id, spec, title, outcome: "skipped", message: reason },
        ...{ duration: 0, exchanged: [] },
      };
    }
    const isDeclared = one.id in (this.#server.deviations ?? {});
    const { timeout } = this.#patience;
    const report = await runCase(
      {
        one,
        run,
        record: this.#records.of(run),
        place: this.#place(
          isDeclared ? Math.min(timeout, DEVIATION_TIMEOUT_MS) : timeout,
        ),
        limit: 2 * timeout,
      },
      isDeclared ? undefined : this.#patience,
    );
    await this.#look(report, run);
    return report;
  }

  /** Checks whether the application is called at all. */
  async #look({ outcome }: CaseReport, run: string): Promise<void> {
    const record = this.#records.of(run);
    this.#isReached ||= outcome === "passed" || record.names().length > 0 ||
      record.violations.length > 0;
    if (this.#isReached || ++this.#unreached < SUSPICIOUS) return;
    const place = this.#place(this.#timeout);
    this.#obstacle = await findObstacle(place, this.#records, `${run}-again`);
    this.#isReached = this.#obstacle === undefined;
  }

  #reasonToSkip(): string | undefined {
    if (this.#obstacle !== undefined) {
      return `not run: ${this.#obstacle.problem}`;
    }
    if (this.#patience.isSpent) {
      return `not run: the server was silent for ${this.#patience.lost} in earlier cases`;
    }
    return undefined;
  }

  #place(timeout: number): Parameters<typeof findObstacle>[0] {
    const { hostname, port, limits = {} } = this.#server;
    return { hostname, port, timeout, limits };
  }
}
