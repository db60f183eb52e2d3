/**
 * {@linkcode Pool}: objects that are used again.
 *
 * @module
 */

/**
 * The maximum number of free objects. It is enough for 1,000 busy connections,
 * each of which needs one while it writes.
 */
const MAX_KEPT = 1_024;

/** The number of free objects that are kept even if they are not used. */
const MIN_KEPT = 8;

/** A pool of objects of one kind. */
export class Pool<Item> {
  readonly #create: () => Item;
  readonly #free: Item[] = [];
  /** The smallest number of free objects since the last trim. */
  #unused = 0;

  /**
   * Creates an empty pool.
   *
   * @param create Creates an object if none is free.
   */
  constructor(create: () => Item) {
    this.#create = create;
  }

  /** The number of free objects. */
  get size(): number {
    return this.#free.length;
  }

  /**
   * Takes an object out of the pool.
   *
   * @returns A free object, or a new one.
   */
  take(): Item {
    const item = this.#free.pop();
    if (this.#free.length < this.#unused) this.#unused = this.#free.length;
    return item ?? this.#create();
  }

  /**
   * Returns an object to the pool.
   *
   * @param item The object, which is no longer used.
   */
  give(item: Item): void {
    if (this.#free.length < MAX_KEPT) this.#free.push(item);
  }

  /**
   * Drops a part of the objects that were not used since the last call.
   *
   * @param share The part, from 0 to 1.
   */
  trim(share: number): void {
    const spare = Math.min(this.#unused, this.#free.length - MIN_KEPT);
    if (spare > 0) this.#free.length -= Math.ceil(spare * share);
    this.#unused = this.#free.length;
  }
}
