/**
 * ByteStrings: text in which each code unit is a byte.
 *
 * @module
 */

import { describe } from "./describe.ts";

/** Matches code units that are not ASCII, hence no `u` flag. */
const NON_ASCII = /[\u0080-\uffff]/;

/** Matches code units that are not a byte. */
const WIDE = /[\u0100-\uffff]/;

/** Matches the characters that percentDecode() must process. */
const NON_LITERAL = /[%\u0080-\uffff]/;

/** Every engine accepts at least this many arguments in one call. */
const MAX_ARGUMENTS = 8192;

const encoder = new TextEncoder();

/** Without `ignoreBOM` it would drop U+FEFF from the start of the text. */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Decodes a ByteString as UTF-8 text.
 *
 * A ByteString has one code unit for each byte. PEP 3333 requires this for all
 * CGI variables, such as `PATH_INFO` and `HTTP_*`. Bytes that are not UTF-8
 * become U+FFFD. A byte order mark is kept.
 *
 * PEP 3333, "Unicode Issues"; WHATWG Encoding section 6.
 *
 * @param byteString The bytes: no code unit is above U+00FF.
 * @returns The text.
 * @throws {TypeError} If a code unit is above U+00FF, because the value is
 * already text.
 *
 * @example Show a path
 * ```ts
 * import { decodeUtf8 } from "@wsgi/ref";
 * import { assertEquals } from "@std/assert";
 *
 * const environ = { PATH_INFO: "/caf\xc3\xa9" };
 * assertEquals(decodeUtf8(environ.PATH_INFO), "/café");
 * ```
 */
export function decodeUtf8(byteString: string): string {
  if (typeof byteString !== "string") {
    throw new TypeError(
      `Cannot decode the ByteString: it must be a string, got ${
        describe(byteString)
      }`,
    );
  }
  if (!NON_ASCII.test(byteString)) return byteString;
  return decoder.decode(toBytesOr(byteString, "decode"));
}

/**
 * Encodes text as a ByteString, in UTF-8.
 *
 * The opposite of {@linkcode decodeUtf8}. The result is valid in an environ, a
 * status or a header. A lone surrogate, which UTF-8 cannot express, becomes
 * U+FFFD.
 *
 * PEP 3333, "Unicode Issues"; WHATWG Encoding section 6.
 *
 * @param text Any string.
 * @returns The bytes: no code unit is above U+00FF.
 * @throws {TypeError} If the text is not a string.
 *
 * @example Put text into an environ
 * ```ts
 * import { encodeUtf8 } from "@wsgi/ref";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(encodeUtf8("/café"), "/caf\xc3\xa9");
 * ```
 */
export function encodeUtf8(text: string): string {
  if (typeof text !== "string") {
    throw new TypeError(
      `Cannot encode the text: it must be a string, got ${describe(text)}`,
    );
  }
  return NON_ASCII.test(text) ? fromBytes(encoder.encode(text)) : text;
}

/**
 * Decodes the percent escapes of a raw path, byte by byte.
 *
 * Unlike `decodeURIComponent()`, it accepts any path that a client can send:
 * the bytes need not be UTF-8, and a malformed escape is kept. Characters that
 * are not ASCII are encoded as UTF-8, because Deno has decoded them.
 *
 * RFC 3986 section 2.1; RFC 3875 section 4.1.5.
 *
 * @param raw The path as sent.
 * @returns A ByteString; the same string when there is nothing to decode.
 */
export function percentDecode(raw: string): string {
  if (!NON_LITERAL.test(raw)) return raw;
  const escaped = encodeUtf8(raw);
  let decoded = "";
  let start = 0;
  let at = escaped.indexOf("%");
  while (at !== -1) {
    const high = hexDigit(escaped.charCodeAt(at + 1));
    const low = hexDigit(escaped.charCodeAt(at + 2));
    if (high === -1 || low === -1) {
      at = escaped.indexOf("%", at + 1);
      continue;
    }
    decoded += escaped.slice(start, at) + String.fromCharCode(high * 16 + low);
    start = at + 3;
    at = escaped.indexOf("%", start);
  }
  return decoded + escaped.slice(start);
}

/**
 * Returns the percent escape of one byte, whether it needs one or not.
 *
 * RFC 3986 section 2.1.
 *
 * @param byte A ByteString of one code unit.
 * @returns `%` and two hexadecimal digits, in upper case.
 */
export function percentEncode(byte: string): string {
  const digits = byte.charCodeAt(0).toString(16).toUpperCase();
  return `%${digits.padStart(2, "0")}`;
}

/**
 * Returns whether a string is a ByteString: no code unit is above U+00FF.
 *
 * PEP 3333, "A Note On String Types"; WebIDL section 2.13.17.
 *
 * @param value The string to test.
 * @returns Whether it is a ByteString.
 */
export function isByteString(value: string): boolean {
  return !WIDE.test(value);
}

/**
 * Returns the bytes of a ByteString.
 *
 * PEP 3333, "A Note On String Types".
 *
 * @param byteString The ByteString to convert.
 * @returns A new array with one byte for each code unit.
 * @throws {TypeError} If a code unit is above U+00FF.
 */
export function toBytes(byteString: string): Uint8Array<ArrayBuffer> {
  return toBytesOr(byteString, "encode");
}

/**
 * Returns the ByteString of some bytes.
 *
 * `TextDecoder("latin1")` is not suitable: the label means windows-1252, which
 * maps the bytes 0x80 to 0x9F to other characters.
 *
 * PEP 3333, "A Note On String Types"; WHATWG Encoding section 4.2.
 *
 * @param bytes The bytes to convert; not changed.
 * @returns A string with one code unit for each byte.
 */
export function fromBytes(bytes: Uint8Array): string {
  // Decoding UTF-8 is native, and correct if everything is ASCII: any other
  // byte makes the text shorter or becomes U+FFFD.
  const text = decoder.decode(bytes);
  if (text.length === bytes.length && !text.includes("\ufffd")) return text;
  if (bytes.length <= MAX_ARGUMENTS) {
    return Reflect.apply(String.fromCharCode, undefined, bytes);
  }
  let byteString = "";
  for (let start = 0; start < bytes.length; start += MAX_ARGUMENTS) {
    const part = bytes.subarray(start, start + MAX_ARGUMENTS);
    byteString += Reflect.apply(String.fromCharCode, undefined, part);
  }
  return byteString;
}

/** Implements toBytes(); `verb` names the operation in the error message. */
function toBytesOr(
  byteString: string,
  verb: "decode" | "encode",
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(byteString.length);
  // Native, and complete if everything is ASCII.
  const { read } = encoder.encodeInto(byteString, bytes);
  if (read === byteString.length) return bytes;
  for (let index = 0; index < byteString.length; index++) {
    const unit = byteString.charCodeAt(index);
    if (unit > 0xff) {
      const got = unit.toString(16).toUpperCase().padStart(4, "0");
      throw new TypeError(
        `Cannot ${verb} the ByteString: every code unit must be at most U+00FF, got U+${got} at index ${index}`,
      );
    }
    bytes[index] = unit;
  }
  return bytes;
}

/** Returns the value of a hexadecimal digit, -1 for any other code unit. */
function hexDigit(unit: number): number {
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30;
  const upper = unit & ~0x20;
  return upper >= 0x41 && upper <= 0x46 ? upper - 0x37 : -1;
}
