/**
 * Finds the line on which a function is defined.
 *
 * JavaScript does not reveal where a function is defined. But its text can be
 * read, and the file of its module contains the same words in the same order,
 * with types between them and in another layout.
 *
 * @module
 */

import { readQuietly } from "../wsgi/read_quietly.ts";
import type { SourcePlace } from "../wsgi/source_place.ts";

/** The number of words that are compared. */
const MAX_WORDS = 150;
/** The number that is enough if a compiler has changed the rest. */
const HEAD_WORDS = 10;
/** A module with more characters is generated code. */
const MAX_LENGTH = 2_000_000;
/** The number of modules that are searched, including those that they import. */
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

/**
 * Returns the number of words from a given one to the end of the function, if
 * the function begins there.
 */
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

/**
 * Returns the offset of the shortest stretch that contains the words. Stretches
 * that follow the name come first.
 */
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

function escapeForRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

/**
 * Finds an arrow function with at most one word, such as `() => [body]`. The
 * word alone occurs anywhere, so the punctuation around it is compared too.
 */
function findArrow(text: string, source: string): number | undefined {
  const [, body] = /^[^=]*=>(.*)$/s.exec(source) ?? [];
  const signs = body?.match(/[\p{ID_Continue}$]+|\S/gu)?.map(escapeForRegExp);
  if (signs === undefined || signs.length > MAX_WORDS) return undefined;
  const arrow = new RegExp(`=>\\s*${signs.join("\\s*")}`, "g");
  const [match, second] = text.matchAll(arrow);
  if (match === undefined || second !== undefined) return undefined;
  const start = text.slice(0, match.index).lastIndexOf("(");
  return start === -1 ? match.index : start;
}

function placeAt(text: string, offset: number): Omit<SourcePlace, "file"> {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: before.at(-1)!.length + 1 };
}

/**
 * Finds a function in the text of a module.
 *
 * @param text The text of the module, as it was written.
 * @param source The text of the function, as it runs.
 * @param name The name of the function.
 * @returns The line and the column, from 1; `undefined` if it is not there.
 */
export function findFunction(
  text: string,
  source: string,
  name: string,
): Omit<SourcePlace, "file"> | undefined {
  if (text.length > MAX_LENGTH || source.length > MAX_LENGTH) return undefined;
  const wanted = wordsOf(source.slice(0, 20_000)).slice(0, MAX_WORDS);
  let offset: number | undefined;
  if (wanted.length < 2) offset = findArrow(text, source);
  else {
    const words = wordsOf(text);
    offset = findWords(words, wanted, name) ??
      findWords(words, wanted.slice(0, HEAD_WORDS), name);
  }
  return offset === undefined ? undefined : placeAt(text, offset);
}

/**
 * Finds the declaration of a name in the text of a module.
 *
 * @param text The text of the module.
 * @param name The name of the function, variable or method.
 * @returns The line and the column, from 1; `undefined` if it is not there.
 */
export function findDeclaration(
  text: string,
  name: string,
): Omit<SourcePlace, "file"> | undefined {
  if (text.length > MAX_LENGTH || !/^[\p{ID_Continue}$]+$/u.test(name)) {
    return undefined;
  }
  const word = `${escapeForRegExp(name)}(?![\\p{ID_Continue}$])`;
  const offset = [
    `(?<=^|[^\\p{ID_Continue}$])(?:class|function\\s*\\*?)\\s*${word}`,
    `(?<=^|[^\\p{ID_Continue}$])(?:const|let|var)\\s+${word}[^=;\\n]*=`,
    `(?<=^[ \\t]*(?:async\\s+)?\\*?)${word}\\s*[=(:]`,
  ].map((pattern) => text.search(new RegExp(pattern, "mu")))
    .find((offset) => offset !== -1);
  return offset === undefined ? undefined : placeAt(text, offset);
}

/** Yields modules and those that they import by a relative path, with texts. */
function* readModules(
  files: Iterable<string>,
): Generator<readonly [file: string, text: string]> {
  const queue = new Set(files);
  let left = MAX_FILES;
  // The iteration includes modules that are added to the set during it.
  for (const file of queue) {
    if (left-- === 0) return;
    const text = readQuietly(file);
    if (text === undefined) continue;
    yield [file, text];
    for (const [, , specifier = ""] of text.matchAll(IMPORT)) {
      queue.add(new URL(specifier, file).href);
    }
  }
}

/**
 * Finds where a function is defined: in one of some modules, or in a module that
 * these import by a relative path.
 *
 * It is slow, asks for no permission, and never throws.
 *
 * @param source The text of the function.
 * @param name The name of the function.
 * @param files The URLs of the modules that may contain it.
 * @returns The place of its text, else that of the declaration of its name;
 * `undefined` if neither was found.
 */
export function findDefinition(
  source: string,
  name: string,
  files: Iterable<string>,
): SourcePlace | undefined {
  const isNative = source.includes("[native code]");
  const ownName = name.replace(/^bound /, "");
  let declared: SourcePlace | undefined;
  for (const [file, text] of readModules(files)) {
    const found = isNative ? undefined : findFunction(text, source, name);
    if (found !== undefined) return { file, ...found };
    if (declared !== undefined) continue;
    const declaration = findDeclaration(text, ownName);
    if (declaration !== undefined) declared = { file, ...declaration };
  }
  return declared;
}
