/**
 * The grammar of names in HTTP.
 *
 * @module
 */

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/**
 * Tells whether a string is a token: a method, a header name, a charset.
 *
 * RFC 9110 section 5.6.2.
 *
 * @param value The string to test.
 * @returns Whether it is one or more of the characters of a token.
 */
export function isToken(value: string): boolean {
  return TOKEN.test(value);
}
