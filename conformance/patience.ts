/**
 * How long a check waits for a server that is slow or silent.
 *
 * @module
 */

/** How many full timeouts a check spends on waiting. */
const FULL_TIMEOUTS = 6;

/** How many more it spends on cases that get a tenth of the timeout. */
const SHORT_TIMEOUTS = 5;

/**
 * Bounds the time that a check loses by waiting. Without a bound, a server that
 * stays silent in all of some 330 cases would take a quarter of an hour.
 *
 * While little time was lost, each case gets the whole timeout. Then it gets a
 * tenth of it, and in the end the rest of the cases is not run.
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

  /** Whether no further case is run. */
  get isSpent(): boolean {
    return this.#lost >= (FULL_TIMEOUTS + SHORT_TIMEOUTS) * this.#timeout;
  }

  /** How much time was lost, in words: `"18 s"`. */
  get lost(): string {
    return `${(this.#lost / 1000).toFixed(this.#lost < 10_000 ? 1 : 0)} s`;
  }

  /**
   * Counts the time that a case has taken.
   *
   * @param duration Its duration in milliseconds.
   * @param isLate Whether the case has failed because a time limit was over.
   * Of another case only what goes beyond a quarter of the timeout is counted.
   */
  add(duration: number, isLate: boolean): void {
    this.#lost += isLate ? duration : Math.max(0, duration - this.#timeout / 4);
  }
}
