import {
  assert,
  assertEquals,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import fc from "npm:fast-check@^4";
import {
  decodeUtf8,
  encodeUtf8,
  fromBytes,
  isByteString,
  percentDecode,
  toBytes,
} from "../../wsgi/byte_string.ts";

/** One code unit for each byte, the slow and obvious way. */
function latin1(bytes: Iterable<number>): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}

/** Percent decoding as RFC 3986 tells it, on a list of bytes. */
function slowPercentDecode(raw: string): string {
  const bytes = [...new TextEncoder().encode(raw)];
  const decoded: number[] = [];
  while (bytes.length > 0) {
    const escape = latin1(bytes.slice(0, 3));
    if (/^%[0-9A-Fa-f]{2}$/.test(escape)) {
      decoded.push(Number.parseInt(escape.slice(1), 16));
      bytes.splice(0, 3);
    } else {
      decoded.push(bytes[0]!);
      bytes.splice(0, 1);
    }
  }
  return latin1(decoded);
}

/** Strings in which ByteStrings and wider ones are both common. */
const anyText = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary" }),
  fc.string({
    unit: fc.constantFrom(..."a\0\x7f\x80\xffĀ€", "\ud83d", "\ude00"),
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

Deno.test("decodeUtf8() reads the bytes of a ByteString as UTF-8", () => {
  assertEquals(decodeUtf8("/caf\xc3\xa9"), "/café");
  assertEquals(decodeUtf8("\xe2\x82\xac"), "€");
  assertEquals(decodeUtf8("\xf0\x9f\x98\x80"), "\u{1f600}");
  assertEquals(decodeUtf8("\xc2\x80"), "\x80");
  assertEquals(decodeUtf8("\x00\x7f"), "\x00\x7f");
  assertEquals(decodeUtf8(""), "");
});

Deno.test("decodeUtf8() replaces invalid bytes with U+FFFD", () => {
  assertEquals(decodeUtf8("/caf\xe9"), "/caf\ufffd");
  assertEquals(decodeUtf8("\xff"), "\ufffd");
  assertEquals(decodeUtf8("\x80"), "\ufffd");
  assertEquals(decodeUtf8("a\xe2\x82"), "a\ufffd");
  assertEquals(decodeUtf8("\xc0\xaf"), "\ufffd\ufffd");
  assertEquals(decodeUtf8("\xed\xa0\x80"), "\ufffd\ufffd\ufffd");
});

Deno.test("decodeUtf8() keeps a byte order mark", () => {
  assertEquals(decodeUtf8("\xef\xbb\xbfa"), "\ufeffa");
});

Deno.test("decodeUtf8() agrees with TextDecoder for any bytes", () => {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  fc.assert(fc.property(fc.uint8Array(), (bytes) => {
    assertEquals(decodeUtf8(latin1(bytes)), decoder.decode(bytes));
  }));
});

Deno.test("decodeUtf8() refuses a string that is no ByteString", () => {
  assertThrows(
    () => decodeUtf8("ab€"),
    TypeError,
    "Cannot decode the ByteString: every code unit must be at most U+00FF, got U+20AC at index 2",
  );
  assertThrows(() => decodeUtf8("\u0100"), TypeError, "got U+0100 at index 0");
  assertThrows(
    () => decodeUtf8("\u{1f600}"),
    TypeError,
    "got U+D83D at index 0",
  );
});

Deno.test("decodeUtf8() refuses what is no string", () => {
  for (const value of [undefined, null, 1]) {
    assertThrows(
      () => decodeUtf8(value as unknown as string),
      TypeError,
      `Cannot decode the ByteString: it must be a string, got ${value}`,
    );
  }
});

Deno.test("encodeUtf8() makes a ByteString of text", () => {
  assertEquals(encodeUtf8("/café"), "/caf\xc3\xa9");
  assertEquals(encodeUtf8("€"), "\xe2\x82\xac");
  assertEquals(encodeUtf8("\u{1f600}"), "\xf0\x9f\x98\x80");
  assertEquals(encodeUtf8("\x80\xff"), "\xc2\x80\xc3\xbf");
  assertEquals(encodeUtf8("\ufeffa"), "\xef\xbb\xbfa");
  assertEquals(encodeUtf8(""), "");
});

Deno.test("encodeUtf8() replaces a lone surrogate with U+FFFD", () => {
  assertEquals(encodeUtf8("a\ud800"), "a\xef\xbf\xbd");
  assertEquals(encodeUtf8("\ude00\ud83d"), "\xef\xbf\xbd\xef\xbf\xbd");
});

Deno.test("encodeUtf8() refuses what is no string", () => {
  for (const value of [undefined, null, 1]) {
    assertThrows(
      () => encodeUtf8(value as unknown as string),
      TypeError,
      `Cannot encode the text: it must be a string, got ${value}`,
    );
  }
});

Deno.test("encodeUtf8() gives a ByteString that decodeUtf8() turns back", () => {
  fc.assert(fc.property(anyText, (text) => {
    const byteString = encodeUtf8(text);
    assert(isByteString(byteString));
    assertEquals(decodeUtf8(byteString), text.toWellFormed());
  }));
});

Deno.test("percentDecode() decodes byte by byte", () => {
  assertEquals(percentDecode("/a%20b"), "/a b");
  assertEquals(percentDecode("/%41%42%43"), "/ABC");
  assertEquals(percentDecode("/%C3%A9"), "/\xc3\xa9");
  assertEquals(percentDecode("/%c3%a9"), "/\xc3\xa9");
  assertEquals(percentDecode("/%E9"), "/\xe9");
  assertEquals(percentDecode("%00%7F%80%ff"), "\x00\x7f\x80\xff");
});

Deno.test("percentDecode() encodes raw text as UTF-8 first", () => {
  assertEquals(percentDecode("/é"), "/\xc3\xa9");
  assertEquals(percentDecode("/é%E9"), "/\xc3\xa9\xe9");
  assertEquals(percentDecode("/€/\u{1f600}"), "/\xe2\x82\xac/\xf0\x9f\x98\x80");
});

Deno.test("percentDecode() leaves malformed escapes as they are", () => {
  const malformed = "%,%%,%4,%zz,%4z,%z4,/%,/%2,a%u0041,%+1,% 1,%0x,%-1";
  for (const raw of malformed.split(",")) {
    assertStrictEquals(percentDecode(raw), raw);
  }
  assertEquals(percentDecode("%%41"), "%A");
  assertEquals(percentDecode("%4%41"), "%4A");
  assertEquals(percentDecode("%é"), "%\xc3\xa9");
});

Deno.test("percentDecode() decodes once only and leaves everything else", () => {
  assertEquals(percentDecode("%2541"), "%41");
  assertEquals(percentDecode("a+b;c\\d//../%2e%2E/"), "a+b;c\\d//../../");
});

Deno.test("percentDecode() gives the same string when there is nothing to decode", () => {
  for (const raw of ["", "/", "/hello", "//x//y", '/"<>{}|^`', "/\x00\x7f"]) {
    assertStrictEquals(percentDecode(raw), raw);
  }
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
    if (isByteString(character) !== unit <= 0xff) {
      throw new Error(`Wrong answer for U+${unit.toString(16)}`);
    }
  }
  assert(isByteString(""));
  assert(!isByteString("abcĀ"));
  assert(!isByteString("abc\nĀ"));
});

Deno.test("toBytes() gives one byte for each code unit, not windows-1252", () => {
  const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  assertEquals(toBytes(latin1(all)), all);
  assertEquals(toBytes(""), new Uint8Array(0));
});

Deno.test("toBytes() gives a fresh array that owns its buffer", () => {
  const bytes = toBytes("abc");
  assertEquals(bytes.buffer.byteLength, 3);
  assert(bytes !== toBytes("abc"));
});

Deno.test("toBytes() refuses a string that is no ByteString", () => {
  assertThrows(
    () => toBytes("ab\u0141"),
    TypeError,
    "Cannot encode the ByteString: every code unit must be at most U+00FF, got U+0141 at index 2",
  );
});

Deno.test("fromBytes() gives one code unit for each byte", () => {
  const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  assertEquals(fromBytes(all), latin1(all));
  assertEquals(fromBytes(new Uint8Array(0)), "");
  assertEquals(fromBytes(all.subarray(0x61, 0x64)), "abc");
});

Deno.test("fromBytes() takes more bytes than a call takes arguments", () => {
  const bytes = Uint8Array.from({ length: 300_001 }, (_, index) => index * 7);
  const byteString = fromBytes(bytes);
  assertEquals(byteString.length, bytes.length);
  assertStrictEquals(byteString, latin1(bytes));
  assertEquals(toBytes(byteString), bytes);
});

Deno.test("fromBytes() and toBytes() are each other's inverse", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
    assertEquals(toBytes(fromBytes(bytes)), new Uint8Array(bytes));
  }));
});
