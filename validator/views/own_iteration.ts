/**
 * Arrays that do not give their elements when they are iterated over.
 *
 * @module
 */

const ARRAY_ITERATOR: unknown = Array.prototype.values;

/**
 * Checks whether an array has an iterator of its own, as a subclass may.
 *
 * @param array The array.
 * @param method Its `[Symbol.iterator]`.
 * @returns Whether iterating over it calls code of the program.
 */
export function hasOwnIteration(
  array: readonly unknown[],
  method: unknown,
): boolean {
  if (method === ARRAY_ITERATOR) return false;
  let owner: object | null = array;
  while (owner !== null && !Object.hasOwn(owner, Symbol.iterator)) {
    owner = Object.getPrototypeOf(owner) as object | null;
  }
  // The Array.prototype of another realm is an array too.
  return owner === array || !Array.isArray(owner);
}
