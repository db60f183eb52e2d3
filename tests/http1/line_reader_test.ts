import { assert, assertEquals } from "@std/assert";
import fc from "npm:fast-check@^4";
import { LineReader } from "../../http1/line_reader.ts";
import { RequestError } from "../../http1/request_error.ts";
import { fromBytes, toBytes } from "../../wsgi/byte_string.ts";

function readerOf(text: string): LineReader {
  const reader = new LineReader();
  const bytes = toBytes(text);
  reader.receive(bytes, bytes.length);
  return reader;
}

Deno.test("LineReader.findHeadEnd() finds the first CRLF CRLF", () => {
  const text = fc.string({
    unit: fc.constantFrom("\r", "\n", "\r\n", "\r\n\r\n", "a"),
    maxLength: 12,
  });
  fc.assert(
    fc.property(text, text, (skipped, rest) => {
      const reader = readerOf(`${skipped}${rest}`);
      reader.skip(skipped.length);
      const end = rest.indexOf("\r\n\r\n");
      assertEquals(reader.findHeadEnd(), end === -1 ? -1 : end + 4);
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("LineReader.receive() does not write into an array that it has borrowed", () => {
  const reader = new LineReader();
  const borrowed = new Uint8Array(10).fill(0x61);
  reader.receive(borrowed, 2);
  reader.receive(toBytes("bc"), 2);
  assertEquals(fromBytes(borrowed), "aaaaaaaaaa");
  assertEquals(reader.peek(0, reader.size), "aabc");
});

Deno.test("LineReader.take() returns views, and keeps the rest", () => {
  const reader = readerOf("abcde");
  assertEquals(reader.take(2), toBytes("ab"));
  reader.keep();
  assertEquals(reader.take(10), toBytes("cde"));
  assertEquals(reader.take(1), undefined);
});

Deno.test("LineReader copies each byte a few times at most, even when they arrive one by one", () => {
  const reader = new LineReader();
  const shared = new Uint8Array(1);
  const { set } = Uint8Array.prototype;
  let copied = 0;
  Uint8Array.prototype.set = function (source, offset): void {
    copied += source.length;
    set.call(this, source, offset);
  };
  try {
    for (let i = 0; i < 16_384; i++) {
      shared[0] = 0x61;
      reader.receive(shared, 1);
      reader.read(20_000, () => new RequestError("too long"));
      reader.keep();
    }
  } finally {
    Uint8Array.prototype.set = set;
  }
  assertEquals(reader.size, 16_384);
  assert(copied < 4 * 16_384, `${copied} bytes`);
});
