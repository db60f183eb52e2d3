/**
 * {@linkcode Deadlines}: one clock for all connections of a server.
 *
 * @module
 */

/** What may be over time. */
export interface Expiring {
  /**
   * Ends whatever has taken too long.
   *
   * @param now The tick of the clock.
   */
  expire(now: number): void;
}

/** How often a clock ticks at most and at least, in milliseconds. */
const MIN_TICK_MS = 10;
const MAX_TICK_MS = 1_000;

/** How many ticks the shortest of the limits has. */
const TICKS_PER_LIMIT = 10;

/**
 * Counts ticks, and asks everything that may be over time at each of them. A
 * request costs neither a timer nor a look at the clock.
 */
export class Deadlines {
  readonly #tick: number;
  readonly #all = new Set<Expiring>();
  readonly #onTick: (hasAny: boolean) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #now = 0;

  /**
   * @param limits The limits in milliseconds that are measured with this clock;
   * `Infinity` for none.
   * @param onTick Called after each tick; with `false` when nothing is left that
   * may be over time, so that the clock stops.
   */
  constructor(
    limits: readonly number[],
    onTick: (hasAny: boolean) => void = () => {},
  ) {
    this.#onTick = onTick;
    const tick = Math.min(...limits) / TICKS_PER_LIMIT;
    this.#tick = Math.min(MAX_TICK_MS, Math.max(MIN_TICK_MS, tick));
  }

  /** The tick that it is. */
  get now(): number {
    return this.#now;
  }

  /**
   * Converts a limit to ticks.
   *
   * @param limit The limit in milliseconds.
   * @returns After how many ticks it has passed for sure.
   */
  toTicks(limit: number): number {
    return Math.ceil(limit / this.#tick) + 1;
  }

  /**
   * Adds something that may be over time.
   *
   * @param each What it is.
   */
  add(each: Expiring): void {
    this.#all.add(each);
    this.#start();
  }

  /**
   * Removes it.
   *
   * @param each What it was.
   */
  delete(each: Expiring): void {
    // With nothing to watch, the clock keeps no program alive.
    if (!this.#all.delete(each) || this.#all.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#onTick(false);
  }

  /** Stops the clock. */
  close(): void {
    for (const each of this.#all) this.delete(each);
  }

  #start(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#now++;
      for (const each of this.#all) each.expire(this.#now);
      if (this.#all.size === 0) return;
      this.#onTick(true);
      this.#start();
    }, this.#tick);
  }
}
