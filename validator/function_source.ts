/**
 * Finding the line on which a function is defined.
 *
 * JavaScript does not say where a function comes from. Its text can be read, and
 * that text stands in the file of its module, there with types and in another
 * layout. So the words of the function are looked for, in their order.
 *
 * @module
 */

import { readQuietly } from "../wsgi/read_quietly.ts";
import type { SourcePlace } from "../wsgi/source_place.ts";

/** The words by which a function is recognised, in their order. */
const MAX_WORDS = 150;
/** Words that are enough where a compiler has changed the rest. */
const HEAD_WORDS = 10;
/** A module with more characters is generated code. */
const MAX_LENGTH = 2_000_000;
/** Modules that are looked through, those that they import included. */
const MAX_FILES = 40;

const WORD = /[\p{ID_Continue}$]+/gu;
const IMPORT = /\b(?:from|import)\s*\(?\s*(["'])(\.{1,2}\/[^"'\n]+)\1/g;

interface Word {
  readonly text: string;
  readonly offset: number;
}

function wordsOf(text: string): Word[] {
  return Array.from(
    text.matchAll(WORD),
    (match) => ({ text: match[0], offset: match.index }),
  );
}

/** How many words there are from one on to the end of the function, if it begins there. */
function spanFrom(
  words: readonly Word[],
  start: number,
  wanted: readonly Word[],
): number | undefined {
  const end = Math.min(words.length, start + 4 * wanted.length + 60);
  let found = 0;
  for (let i = start; i < end; i++) {
    if (words[i]!.text === wanted[found]!.text && ++found === wanted.length) {
      return i - start;
    }
  }
  return undefined;
}

/** Finds where the words occur in the shortest stretch, first behind the name. */
function findWords(
  words: readonly Word[],
  wanted: readonly Word[],
  name: string,
): number | undefined {
  let best: number | undefined;
  let shortest = Infinity;
  for (let i = 0; i < words.length; i++) {
    if (words[i]!.text !== wanted[0]!.text) continue;
    const span = spanFrom(words, i, wanted);
    if (span === undefined) continue;
    const isNamed = words.slice(Math.max(0, i - 3), i + 3)
      .some(({ text }) => text === name);
    const length = isNamed ? span : span + words.length;
    if (length >= shortest) continue;
    shortest = length;
    best = words[i]!.offset;
  }
  return best;
}

/**
 * Finds a function in the text of a module.
 *
 * @param text The text of the module, as it was written.
 * @param source The text of the function, as it runs.
 * @param name The name of the function.
 * @returns The line and the column, from 1; nothing if it is not there.
 */
export function findFunction(
  text: string,
  source: string,
  name: string,
): Omit<SourcePlace, "file"> | undefined {
  if (text.length > MAX_LENGTH || source.length > MAX_LENGTH) return undefined;
  const words = wordsOf(text);
  const wanted = wordsOf(source.slice(0, 20_000)).slice(0, MAX_WORDS);
  // A function of one word, such as () => x, is found anywhere.
  if (wanted.length < 2) return undefined;
  const offset = findWords(words, wanted, name) ??
    findWords(words, wanted.slice(0, HEAD_WORDS), name);
  if (offset === undefined) return undefined;
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: before.at(-1)!.length + 1 };
}

function isNative(source: string): boolean {
  return source.includes("[native code]");
}

/**
 * Finds where a function is defined: in one of some modules, or in a module that
 * these import by a relative path.
 *
 * It is slow, asks for no permission, and never throws.
 *
 * @param source The text of the function.
 * @param name The name of the function.
 * @param files The URLs of the modules in which it may be.
 * @returns The place, or nothing if it was not found.
 */
export function findDefinition(
  source: string,
  name: string,
  files: Iterable<string>,
): SourcePlace | undefined {
  if (isNative(source)) return undefined;
  const queue = new Set(files);
  let left = MAX_FILES;
  // A set is iterated in order, also over what is added meanwhile.
  for (const file of queue) {
    if (left-- === 0) return undefined;
    const text = readQuietly(file);
    if (text === undefined) continue;
    const found = findFunction(text, source, name);
    if (found !== undefined) return { file, ...found };
    for (const [, , specifier = ""] of text.matchAll(IMPORT)) {
      queue.add(new URL(specifier, file).href);
    }
  }
  return undefined;
}
