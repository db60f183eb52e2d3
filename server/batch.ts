/**
 * {@linkcode Batch}: does the same step for many connections, one after the
 * other.
 *
 * @module
 */

/**
 * Collects objects while the application runs, and does a step for all of them
 * afterwards, in the same turn of the event loop.
 *
 * A turn brings the requests of many connections. If all of them are handled
 * first, then all responses written, then all connections read again, the
 * processor has the code of each step in its caches. `Deno.serve` also writes
 * after all handlers of a turn have returned.
 */
export class Batch<Item> {
  readonly #step: (item: Item) => void;
  #items: Item[] = [];
  readonly #run = (): void => {
    const items = this.#items;
    this.#items = [];
    for (let i = 0; i < items.length; i++) this.#step(items[i] as Item);
  };

  /**
   * Creates an empty batch.
   *
   * @param step Does the step for one object. It must not throw: the others would
   * be left out.
   */
  constructor(step: (item: Item) => void) {
    this.#step = step;
  }

  /**
   * Adds an object.
   *
   * @param item The object. If it is added twice, the step is done twice.
   */
  add(item: Item): void {
    if (this.#items.push(item) === 1) queueMicrotask(this.#run);
  }
}
