/**
 * Limits how long a check waits for a slow or silent server.
 *
 * @module
 */

/** How many full timeouts a check may lose. */
const FULL_TIMEOUTS = 6;

/** How many more it may lose with a tenth of the timeout per case. */
const SHORT_TIMEOUTS = 5;

/**
 * Limits the time that a check loses by waiting. Otherwise, a server that is
 * silent in all cases, about 330, would take a quarter of an hour.
 *
 * At first, each case gets the full timeout. After some time has been lost,
 * each gets a tenth of it, and finally the remaining cases are not run.
 */
export class Patience {
  readonly #timeout: number;
  #lost = 0;

  /** @param timeout How long a server may be silent, in milliseconds. */
  constructor(timeout: number) {
    this.#timeout = timeout;
  }

  /** How long the server may be silent in the next case, in milliseconds. */
  get timeout(): number {
    return this.isShort ? Math.max(1, this.#timeout / 10) : this.#timeout;
  }

  /** Whether the next case gets less than the whole timeout. */
  get isShort(): boolean {
    return this.#lost >= FULL_TIMEOUTS * this.#timeout;
  }

  /** Whether no more cases are run. */
  get isSpent(): boolean {
    return this.#lost >= (FULL_TIMEOUTS + SHORT_TIMEOUTS) * this.#timeout;
  }

  /** The lost time as text: `"18 s"`. */
  get lost(): string {
    return `${(this.#lost / 1000).toFixed(this.#lost < 10_000 ? 1 : 0)} s`;
  }

  /**
   * Adds the time that a case has taken.
   *
   * @param duration Its duration in milliseconds.
   * @param isLate Whether the case has failed because of a time limit. For
   * other cases, only the time beyond a quarter of the timeout counts.
   */
  add(duration: number, isLate: boolean): void {
    this.#lost += isLate ? duration : Math.max(0, duration - this.#timeout / 4);
  }
}
