/**
 * The syntax that the values of many headers share: lists, tokens, quoted
 * strings, parameters and dates (RFC 9110, section 5.6).
 *
 * @module
 */

import { isToken, TOKEN_PATTERN } from "../../wsgi/http_syntax.ts";
import type { ResponseView } from "../views/response_view.ts";

/** How to fix a value; `undefined` if it is valid. */
export type Fault = string | undefined;

/** Checks the trimmed value of one header. */
export type Look = (value: string, response: ResponseView) => Fault;

/**
 * The pattern of a quoted string, for use in larger patterns.
 *
 * RFC 9110 section 5.6.4.
 */
export const QUOTED_PATTERN: string = '"(?:[^"\\\\]|\\\\.)*"';

/**
 * The pattern of a token or a quoted string, for use in larger patterns.
 *
 * RFC 9110 sections 5.6.2 and 5.6.4. No part of it can match in two ways, so that
 * no value from a client takes long.
 */
export const WORD_PATTERN: string = `(?:${TOKEN_PATTERN}|${QUOTED_PATTERN})`;

/**
 * The pattern of a parameter, for use in larger patterns. Spaces around its `=`
 * are allowed, because recipients accept them.
 *
 * RFC 9110 section 5.6.6.
 */
export const PARAMETER_PATTERN: string =
  `${TOKEN_PATTERN}[ \\t]*=[ \\t]*${WORD_PATTERN}`;

const ELEMENT = new RegExp(`(?:${QUOTED_PATTERN}|[^,"]|")+`, "g");

/**
 * Splits a list at its commas, except those in quoted strings.
 *
 * RFC 9110 section 5.6.1.
 *
 * @param value The value of the header.
 * @returns The elements, trimmed, without the empty ones.
 */
export function elementsOf(value: string): string[] {
  return (value.match(ELEMENT) ?? [])
    .map((one) => one.trim()).filter((one) => one !== "");
}

/**
 * Checks whether a value is an IMF-fixdate (RFC 9110, section 5.6.7), with the
 * right day of the week.
 *
 * @param value The trimmed value.
 */
export function isHttpDate(value: string): boolean {
  const date = new Date(value);
  return !Number.isNaN(date.getTime()) && date.toUTCString() === value;
}

/**
 * Creates a check for a list of tokens.
 *
 * @param hint How to fix another value.
 * @returns The check.
 */
export function tokens(hint: string): Look {
  return (value) => elementsOf(value).every(isToken) ? undefined : hint;
}

/**
 * Creates a check for a pattern.
 *
 * @param pattern The pattern of valid values.
 * @param hint How to fix another value.
 * @returns The check.
 */
export function oneOf(pattern: RegExp, hint: string): Look {
  return (value) => pattern.test(value) ? undefined : hint;
}
