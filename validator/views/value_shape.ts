/**
 * Looks at values without calling their code.
 *
 * @module
 */

import { describe } from "../../wsgi/describe.ts";

const GENERATOR_FUNCTIONS: readonly object[] = [
  Object.getPrototypeOf(function* (): Generator {}),
  Object.getPrototypeOf(async function* (): AsyncGenerator {}),
];

/**
 * Checks whether a value is a generator function, so that a call runs none of its
 * code.
 *
 * @param value The value to test.
 * @returns Whether it is one, sync or async.
 */
export function isGeneratorFunction(value: unknown): boolean {
  if (typeof value !== "function") return false;
  try {
    return GENERATOR_FUNCTIONS.includes(Object.getPrototypeOf(value));
  } catch {
    // A proxy may throw.
    return false;
  }
}

const GENERATORS: readonly object[] = GENERATOR_FUNCTIONS.map((made) =>
  (made as { prototype: object }).prototype
);

/**
 * Checks whether a value is a generator of this realm.
 *
 * @param value The value to test.
 * @returns Whether it is one, sync or async.
 */
export function isGenerator(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  try {
    return GENERATORS.some((prototype) =>
      Object.prototype.isPrototypeOf.call(prototype, value)
    );
  } catch {
    // A proxy may throw.
    return false;
  }
}

/**
 * Reads a data property, own or inherited.
 *
 * @param value The object.
 * @param key The name of the property.
 * @returns Its value; `undefined` for a getter.
 */
export function dataOf(value: object, key: PropertyKey): unknown {
  let owner: object | null = value;
  for (let depth = 0; owner !== null && depth < 10; depth++) {
    const property = Object.getOwnPropertyDescriptor(owner, key);
    if (property !== undefined) return property.value;
    owner = Object.getPrototypeOf(owner) as object | null;
  }
  return undefined;
}

/**
 * Describes a value in detail, or briefly if it is a proxy that throws.
 *
 * @param find Returns the details.
 * @param value The value.
 * @returns The details, or a short description.
 */
export function findSafely<Found>(
  find: () => Found,
  value: unknown,
): Found | string {
  try {
    return find();
  } catch {
    return describe(value);
  }
}

const ARRAY_ITERATOR: unknown = Array.prototype.values;

/**
 * Checks whether an array has an iterator of its own, as a subclass may have.
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
