/** Repeatable random numbers: the same seed returns the same numbers. */

/** A source of pseudorandom numbers. */
export class Random {
  #state: number;

  /** @param seed Any integer; similar seeds have different sequences. */
  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** Returns a number from 0 up to, but not including, 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  }

  /** Returns an integer from 0 to `limit - 1`. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  /** Returns `true` with this probability. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** Returns one of the elements. */
  pick<T>(from: readonly T[]): T {
    const element = from[this.below(from.length)];
    if (element === undefined) throw new Error("Cannot pick from nothing");
    return element;
  }

  /** Returns a ByteString of any bytes. */
  bytes(length: number): string {
    return Array.from(
      { length },
      () => String.fromCharCode(this.below(256)),
    ).join("");
  }
}
