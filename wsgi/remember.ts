/**
 * Remembering what was found out about names that come again and again.
 *
 * @module
 */

/**
 * Names are few and come again; but a client, or a program, that makes names up
 * must not be able to fill the memory with them.
 */
const MAX_REMEMBERED = 256;
const MAX_LENGTH = 64;

/**
 * Makes a function that remembers what another one has found for the first 256
 * strings of at most 64 characters. Others it asks every time.
 *
 * @param find Finds something out about a string, and nothing else: it must
 * give the same for the same string.
 * @returns A function that gives the same results.
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
