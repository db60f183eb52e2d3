/**
 * Telling one value of a header from several that were joined.
 *
 * @module
 */

/**
 * Tells whether a header value has a comma outside of quoted strings, as
 * several values have that were joined. A quoted string without its end is
 * none.
 *
 * It reads the value once: a pattern for quoted strings would take seconds for
 * thousands of quotes, which a client can send.
 *
 * RFC 9110 sections 5.3 and 5.6.4.
 *
 * @param value The value.
 * @returns Whether there is such a comma.
 */
export function hasBareComma(value: string): boolean {
  if (!value.includes(",")) return false;
  let isQuoted = false;
  let hasQuotedComma = false;
  for (let i = 0; i < value.length; i++) {
    const char = value[i];
    if (char === '"') {
      isQuoted = !isQuoted;
      hasQuotedComma = false;
    } else if (char === "\\" && isQuoted) {
      i++;
      hasQuotedComma ||= value[i] === ",";
    } else if (char === ",") {
      if (!isQuoted) return true;
      hasQuotedComma = true;
    }
  }
  return isQuoted && hasQuotedComma;
}
