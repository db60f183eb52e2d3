/**
 * {@linkcode Deadlines}: one clock for all connections of a server.
 *
 * @module
 */

/** An object with deadlines. */
export interface Expiring {
  /**
   * Enforces the deadlines.
   *
   * @param now The current tick of the clock.
   */
  expire(now: number): void;
}

/** The minimum and maximum interval between ticks, in milliseconds. */
const MIN_TICK_MS = 10;
const MAX_TICK_MS = 1_000;

/** The number of ticks within the shortest limit. */
const TICKS_PER_LIMIT = 10;

/**
 * Counts ticks and, at each tick, lets all objects enforce their deadlines. A
 * request then needs neither a timer nor the time.
 */
export class Deadlines {
  readonly #tick: number;
  readonly #all = new Set<Expiring>();
  readonly #onTick: (hasAny: boolean) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #now = 0;
  #time = 0;

  /**
   * Creates a clock. It does not tick before an object is added.
   *
   * @param limits The limits to measure, in milliseconds; `Infinity` for no
   * limit.
   * @param onTick Called after each tick, and with `false` when no object is left
   * and the clock stops.
   */
  constructor(
    limits: readonly number[],
    onTick: (hasAny: boolean) => void = () => {},
  ) {
    this.#onTick = onTick;
    const tick = Math.min(...limits) / TICKS_PER_LIMIT;
    this.#tick = Math.min(MAX_TICK_MS, Math.max(MIN_TICK_MS, tick));
  }

  /** The current tick. */
  get now(): number {
    return this.#now;
  }

  /**
   * The time of the last tick, in milliseconds since the epoch. While there is an
   * object, it is at most one second old unless the event loop was blocked.
   */
  get time(): number {
    return this.#time;
  }

  /**
   * Converts a limit to ticks.
   *
   * @param limit The limit in milliseconds.
   * @returns The number of ticks after which the limit has certainly passed.
   */
  toTicks(limit: number): number {
    return Math.ceil(limit / this.#tick) + 1;
  }

  /**
   * Adds an object.
   *
   * @param each The object.
   */
  add(each: Expiring): void {
    this.#all.add(each);
    this.#start();
  }

  /**
   * Removes an object.
   *
   * @param each The object.
   */
  delete(each: Expiring): void {
    // Without objects, the clock must not keep the program alive.
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
    if (this.#timer !== undefined) return;
    this.#time = Date.now();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#now++;
      for (const each of this.#all) each.expire(this.#now);
      if (this.#all.size === 0) return;
      this.#onTick(true);
      this.#start();
    }, this.#tick);
  }
}
