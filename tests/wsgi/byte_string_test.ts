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

Deno.test("decodeUtf8() and encodeUtf8() keep a byte order mark", () => {
  assertEquals(decodeUtf8("\xef\xbb\xbfa"), "\ufeffa");
  assertEquals(encodeUtf8("\ufeffa"), "\xef\xbb\xbfa");
});

Deno.test("decodeUtf8() agrees with TextDecoder for any bytes", () => {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const [text, tail] = ["é€\u{1f600}\x80", [
    0xc0,
    0xaf,
    0xed,
    0xa0,
    0x80,
    0xe2,
  ]];
  const whole = [...new TextEncoder().encode(text), ...tail];
  const anyBytes = fc.oneof(
    fc.uint8Array(),
    fc.array(fc.constantFrom(...whole)).map((bytes) => Uint8Array.from(bytes)),
    fc.nat(whole.length).map((end) => Uint8Array.from(whole.slice(0, end))),
  );
  fc.assert(fc.property(anyBytes, (bytes) => {
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

Deno.test.each([[undefined], [null], [1]])(
  "decodeUtf8() and encodeUtf8() refuse %s, which is no string",
  (value) => {
    const it = `it must be a string, got ${value}`;
    const text = value as unknown as string;
    const [bytes, characters] = ["decode the ByteString", "encode the text"];
    assertThrows(() => decodeUtf8(text), TypeError, `Cannot ${bytes}: ${it}`);
    assertThrows(
      () => encodeUtf8(text),
      TypeError,
      `Cannot ${characters}: ${it}`,
    );
  },
);

Deno.test("encodeUtf8() replaces a lone surrogate with U+FFFD", () => {
  assertEquals(encodeUtf8("a\ud800"), "a\xef\xbf\xbd");
  assertEquals(encodeUtf8("\ude00\ud83d"), "\xef\xbf\xbd\xef\xbf\xbd");
});

Deno.test("encodeUtf8() gives a ByteString that decodeUtf8() turns back", () => {
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

Deno.test("fromBytes() gives one code unit for each byte, whatever UTF-8 makes of it", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.string({ unit: "grapheme" }).map((text) =>
          new TextEncoder().encode(text)
        ),
        fc.constantFrom(
          toBytes("\xef\xbb\xbf"),
          toBytes("\xef\xbf\xbd"),
          toBytes("a\x80"),
          toBytes("\xef\xbb\xbf\x80\x80\x80"),
        ),
      ),
      (bytes) => {
        assertEquals(fromBytes(bytes), latin1(bytes));
      },
    ),
    { numRuns: 1_000 },
  );
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
