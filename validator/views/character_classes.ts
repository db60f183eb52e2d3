/**
 * Finds unusual characters in a status or a header, in one pass.
 *
 * @module
 */

import { quote } from "../../wsgi/describe.ts";

/** Classes of unusual characters. Each is a bit, so a number holds a set. */
export const CharacterClass = {
  /** U+0000 to U+001F except the tab, or U+007F. */
  control: 0x1,
  /** A tab. */
  tab: 0x2,
  /** U+0080 to U+00FF. */
  latin1: 0x4,
  /** Above U+00FF, so not a byte. */
  wide: 0x8,
  /** A space or a tab at one of the ends. */
  outerSpace: 0x10,
} as const;

const TAB = 0x09;

function isBlank(unit: number): boolean {
  return unit === 0x20 || unit === TAB;
}

function classOf(unit: number): number {
  if (unit > 0xff) return CharacterClass.wide;
  if (unit >= 0x80) return CharacterClass.latin1;
  return unit === TAB ? CharacterClass.tab : CharacterClass.control;
}

/**
 * Classifies the characters of a text.
 *
 * @param text The text.
 * @returns A set of {@linkcode CharacterClass}; 0 if it is visible ASCII with
 * spaces between.
 */
export function classifyText(text: string): number {
  const { length } = text;
  let classes = 0;
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x20 || unit > 0x7e) classes |= classOf(unit);
  }
  if (
    length > 0 &&
    (isBlank(text.charCodeAt(0)) || isBlank(text.charCodeAt(length - 1)))
  ) {
    classes |= CharacterClass.outerSpace;
  }
  return classes;
}

const NAMES: Readonly<Record<number, string>> = {
  0x00: "NUL (\\0)",
  0x09: "a tab (\\t)",
  0x0a: "a line feed (\\n)",
  0x0d: "a carriage return (\\r)",
  0x7f: "DEL",
};

function toHex(unit: number): string {
  return `U+${unit.toString(16).toUpperCase().padStart(4, "0")}`;
}

/** Names a character so that it is readable in a log. */
function nameCharacter(text: string, index: number): string {
  const unit = text.charCodeAt(index);
  const name = NAMES[unit];
  if (name !== undefined) return name;
  const point = text.codePointAt(index)!;
  // Half of a surrogate pair and invisible characters can only be named.
  if (point <= 0xa0 || (point >= 0xd800 && point <= 0xdfff)) {
    return toHex(point);
  }
  return `${quote(String.fromCodePoint(point))} (${toHex(point)})`;
}

/**
 * Shows the first character of some classes, and nothing else of the text: it may
 * be long or secret.
 *
 * @param text The text.
 * @param kind The set of {@linkcode CharacterClass}.
 * @returns The character and its index.
 */
export function showCharacter(text: string, kind: number): string {
  for (let i = 0; i < text.length; i++) {
    if ((classifyText(`x${text.charAt(i)}x`) & kind) !== 0) {
      return `${nameCharacter(text, i)} at index ${i}`;
    }
  }
  return "such a character";
}
