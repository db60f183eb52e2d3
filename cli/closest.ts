/**
 * Suggests corrections for misspelled words.
 *
 * @module
 */

/** Returns the number of letters to change, add, remove or swap. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const change = row[j]! + (a[i] === b[j] ? 0 : 1);
      const isSwap = i > 0 && j > 0 && a[i] === b[j - 1] && a[i - 1] === b[j];
      const swap = isSwap ? before[j - 1]! + 1 : Infinity;
      next.push(Math.min(change, row[j + 1]! + 1, next[j]! + 1, swap));
    }
    before = row;
    row = next;
  }
  return row[b.length]!;
}

/**
 * Returns the known word that is closest to a misspelled one.
 *
 * @param word The unknown word.
 * @param known The known words.
 * @returns The closest word; `undefined` if no word is similar enough.
 */
export function findClosest<Word extends string>(
  word: string,
  known: Iterable<Word>,
): Word | undefined {
  let closest: Word | undefined;
  let least = Infinity;
  for (const candidate of known) {
    const far = distance(word.toLowerCase(), candidate.toLowerCase());
    // With two changes, a word of three letters is a different word.
    const most = Math.min(2, Math.floor(candidate.length / 2));
    if (far > most || far >= least) continue;
    closest = candidate;
    least = far;
  }
  return closest;
}
