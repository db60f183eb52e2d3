/**
 * {@linkcode Checker}: the checks of a development server.
 *
 * @module
 */

import type { CheckOutcome } from "../application_state.ts";
import type { ConversationLog } from "../conversation_log.ts";
import { CheckFailed, runCheck, toOutcome } from "./run_check.ts";

/** Runs one check at a time; a later one ends the one before. */
export class Checker {
  readonly #application: string;
  readonly #log: ConversationLog;
  readonly #onOutcome: (outcome: CheckOutcome, isFirst: boolean) => void;
  #running: AbortController | undefined;

  /**
   * @param application The application, as the command line names it.
   * @param log Where the outcome is kept.
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
   * Checks the application as it is in its files now. An application that cannot
   * be loaded is not checked: that it cannot is shown elsewhere.
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

  /** Ends a check that is under way. */
  stop(): void {
    this.#running?.abort();
    this.#running = undefined;
  }
}
