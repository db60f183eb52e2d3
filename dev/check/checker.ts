/**
 * {@linkcode Checker}: runs the checks of a development server.
 *
 * @module
 */

import type { CheckOutcome } from "../application_state.ts";
import type { ConversationLog } from "../conversation_log.ts";
import { CheckFailed, runCheck, toOutcome } from "./run_check.ts";

/** Runs one check at a time: a new one aborts the previous one. */
export class Checker {
  readonly #application: string;
  readonly #log: ConversationLog;
  readonly #onOutcome: (outcome: CheckOutcome, isFirst: boolean) => void;
  #running: AbortController | undefined;

  /**
   * @param application The application, as on the command line.
   * @param log Keeps the last outcome.
   * @param onOutcome Called with each outcome.
   */
  constructor(
    application: string,
    log: ConversationLog,
    onOutcome: (outcome: CheckOutcome, isFirst: boolean) => void,
  ) {
    this.#application = application;
    this.#log = log;
    this.#onOutcome = onOutcome;
  }

  /**
   * Checks the current files of the application. If it cannot be loaded, the
   * check has no outcome, because the error is already shown elsewhere.
   */
  async run(): Promise<void> {
    this.stop();
    const running = this.#running = new AbortController();
    try {
      const report = await runCheck(this.#application, running.signal);
      const before = this.#log.check;
      const outcome = toOutcome(report, before);
      this.#log.check = outcome;
      this.#onOutcome(outcome, before === undefined);
    } catch (error) {
      if (running.signal.aborted || error instanceof CheckFailed) return;
      throw error;
    }
  }

  /** Aborts the running check. */
  stop(): void {
    this.#running?.abort();
    this.#running = undefined;
  }
}
