/**
 * Reading an iterator, each of its properties once.
 *
 * @module
 */

/** An iterator of the application, or what it returned for one. */
export interface AnyIterator {
  /** What the iterator method of the body returned. */
  readonly object: object;
  /** Its `next`. */
  readonly next: unknown;
  /** Its `return`. */
  readonly return: unknown;
}

const NOTHING: object = Object.freeze({});

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null ||
    typeof value === "function";
}

/**
 * Reads what an iterator method returned.
 *
 * @param object What it returned.
 * @returns What was read.
 */
export function readIterator(object: unknown): AnyIterator {
  const { next, return: stop } =
    (isObject(object) ? object : NOTHING) as Partial<AnyIterator>;
  return { object: object as object, next, return: stop };
}

/**
 * Reads whether the result of an iterator is the last.
 *
 * @param result What it gave.
 * @returns Its `done`, if it is an object.
 */
export function doneOf(result: unknown): unknown {
  const { done } = (isObject(result) ? result : NOTHING) as { done?: unknown };
  return done;
}
