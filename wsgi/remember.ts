/**
 * Caches results for names that recur.
 *
 * @module
 */

/**
 * Limits of the cache, so that a client or program cannot fill the memory with
 * invented names.
 */
const MAX_REMEMBERED = 256;
const MAX_LENGTH = 64;

/**
 * Returns a function that caches the results of another one for the first 256
 * strings of at most 64 characters. For other strings, it always calls that
 * function.
 *
 * @param find A pure function: it must return the same for the same string.
 * @returns A function with the same results.
 */
export function remember<T>(find: (name: string) => T): (name: string) => T {
  const remembered = new Map<string, T>();
  return (name) => {
    const known = remembered.get(name);
    if (known !== undefined || remembered.has(name)) return known as T;
    const found = find(name);
    if (remembered.size < MAX_REMEMBERED && name.length <= MAX_LENGTH) {
      remembered.set(name, found);
    }
    return found;
  };
}
