/** Chance that can be had again: the same seed gives the same numbers. */

/** A source of numbers that only look like chance. */
export class Random {
  #state: number;

  /** @param seed Any integer; neighbours give unlike rows. */
  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** Gives a number from 0 to 1, and never 1 itself (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  }

  /** Gives an integer from 0 to `limit - 1`. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  /** Tells whether something of this probability happens now. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** Gives one element. */
  pick<T>(from: readonly T[]): T {
    const element = from[this.below(from.length)];
    if (element === undefined) throw new Error("Cannot pick from nothing");
    return element;
  }

  /** Gives a ByteString of any bytes. */
  bytes(length: number): string {
    return Array.from(
      { length },
      () => String.fromCharCode(this.below(256)),
    ).join("");
  }
}
