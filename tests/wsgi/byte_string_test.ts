import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "npm:fast-check@^4";
import { decodeUtf8, encodeUtf8, fromBytes } from "../../wsgi/byte_string.ts";
import { isByteString, percentDecode } from "../../wsgi/byte_string.ts";
import { toBytes } from "../../wsgi/byte_string.ts";

/** One code unit for each byte, the slow and obvious way. */
function latin1(bytes: Iterable<number>): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}

/** Percent decoding according to RFC 3986, on a list of bytes. */
function slowPercentDecode(raw: string): string {
  const bytes = [...new TextEncoder().encode(raw)];
  const decoded: number[] = [];
  while (bytes.length > 0) {
    const escape = latin1(bytes.slice(0, 3));
    const isEscape = /^%[0-9A-Fa-f]{2}$/.test(escape);
    const [byte = 0] = bytes.splice(0, isEscape ? 3 : 1);
    decoded.push(isEscape ? Number.parseInt(escape.slice(1), 16) : byte);
  }
  return latin1(decoded);
}

/** Strings in which ByteStrings and wider ones are both common. */
const anyText = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary" }),
  fc.string({
    unit: fc.constantFrom(..."a\0\x7f\x80\xffĀ€\ufeff", "\ud83d", "\ude00"),
  }),
);

/** Targets full of escapes, half escapes and things that look like them. */
const anyTarget = fc.string({
  unit: fc.constantFrom(
    ..."% %2F %2f %41 %C3%A9 %FF %00 %zz %4G %g4 %4: %/4 %4@ %`4 %4 %25"
      .split(" "),
    ..."/a41Féÿ€\u{1f600}+\\\0",
    "\ud800",
  ),
});

Deno.test("decodeUtf8() agrees with TextDecoder for any bytes", () => {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const tail = [0xc0, 0xaf, 0xed, 0xa0, 0x80, 0xe2];
  const whole = [...new TextEncoder().encode("é€\u{1f600}\x80"), ...tail];
  const anyBytes = fc.oneof(
    fc.uint8Array(),
    fc.array(fc.constantFrom(...whole)).map((bytes) => Uint8Array.from(bytes)),
    fc.nat(whole.length).map((end) => Uint8Array.from(whole.slice(0, end))),
  );
  fc.assert(fc.property(anyBytes, (bytes) => {
    assertEquals(decodeUtf8(latin1(bytes)), decoder.decode(bytes));
  }));
});

const UNIT = "ByteString: every code unit must be at most U+00FF, got U+";

const CONVERT = { decodeUtf8, encodeUtf8, toBytes };

Deno.test.each<[keyof typeof CONVERT, unknown, message: string]>([
  ["decodeUtf8", "ab€", `decode the ${UNIT}20AC at index 2`],
  ["decodeUtf8", "\u0100", `decode the ${UNIT}0100 at index 0`],
  ["decodeUtf8", "\u{1f600}", `decode the ${UNIT}D83D at index 0`],
  ["toBytes", "ab\u0141", `encode the ${UNIT}0141 at index 2`],
  ["decodeUtf8", null, "decode the ByteString: it must be a string, got null"],
  ["encodeUtf8", 1, "encode the text: it must be a string, got 1"],
])("%s() rejects %j", (name, value, message) => {
  const convert = () => CONVERT[name](value as string);
  assertEquals(assertThrows(convert, TypeError).message, `Cannot ${message}`);
});

Deno.test("encodeUtf8() returns a ByteString that decodeUtf8() reverses", () => {
  fc.assert(fc.property(anyText, (text) => {
    const byteString = encodeUtf8(text);
    assert(isByteString(byteString));
    assertEquals(decodeUtf8(byteString), text.toWellFormed());
  }));
});

Deno.test("percentDecode() agrees with a slow decoder for any target", () => {
  fc.assert(
    fc.property(fc.oneof(anyTarget, anyText), (raw) => {
      const decoded = percentDecode(raw);
      assertEquals(decoded, slowPercentDecode(raw));
      assert(isByteString(decoded));
    }),
    { numRuns: 1000 },
  );
});

Deno.test("isByteString() accepts every code unit up to U+00FF and no other", () => {
  for (let unit = 0; unit <= 0xffff; unit++) {
    const character = String.fromCharCode(unit);
    assertEquals(isByteString(`a\n${character}`), unit <= 0xff, `${unit}`);
  }
});

Deno.test("toBytes() returns a new array that owns its buffer", () => {
  const bytes = toBytes("abc");
  assertEquals(bytes.buffer.byteLength, 3);
  assert(bytes !== toBytes("abc"));
});

Deno.test("fromBytes() returns one code unit for each byte, even of UTF-8, and toBytes() reverses it", () => {
  const marks = ["\xef\xbb\xbf", "\xef\xbf\xbd", "\xef\xbb\xbf\x80\x80"];
  const anyBytes = fc.oneof(
    // Part of a larger buffer.
    fc.uint8Array({ maxLength: 100 }).map((bytes) => bytes.subarray(1)),
    fc.string({ unit: "grapheme" }).map((text) =>
      new TextEncoder().encode(text)
    ),
    fc.constantFrom(...marks.map(toBytes)),
  );
  fc.assert(
    fc.property(anyBytes, (bytes) => {
      assertEquals(fromBytes(bytes), latin1(bytes));
      assertEquals(toBytes(fromBytes(bytes)), new Uint8Array(bytes));
    }),
    { numRuns: 1_000 },
  );
});

Deno.test("fromBytes() accepts more bytes than a call can have arguments", () => {
  const bytes = Uint8Array.from({ length: 300_001 }, (_, index) => index * 7);
  const byteString = fromBytes(bytes);
  assertEquals(byteString, latin1(bytes));
  assertEquals(toBytes(byteString), bytes);
});
