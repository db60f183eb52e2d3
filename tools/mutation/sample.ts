/**
 * A part of many, chosen by a number.
 *
 * @module
 */

/** Numbers from 0 to 1 that a seed decides (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Chooses some of many.
 *
 * @param all All of them.
 * @param count How many; at most all.
 * @param seed The same number chooses the same.
 * @returns The chosen ones, in the order they had.
 */
export function sample<T>(
  all: readonly T[],
  count: number,
  seed: number,
): T[] {
  const random = randomOf(seed);
  return all
    .map((value, index) => ({ value, index, rank: random() }))
    .toSorted((a, b) => a.rank - b.rank)
    .slice(0, count)
    .toSorted((a, b) => a.index - b.index)
    .map(({ value }) => value);
}
