import { assert, assertEquals } from "@std/assert";
import fc from "npm:fast-check@^4";
import { LineReader } from "../../http1/line_reader.ts";
import { RequestParser } from "../../http1/request_parser.ts";
import { toBytes } from "../../wsgi/byte_string.ts";

/** Parses a head that arrives in a buffer; returns it or the error. */
function parse(
  parser: RequestParser,
  buffer: Uint8Array,
  size: number,
): unknown {
  parser.receive(buffer, size);
  try {
    const event = parser.next();
    parser.next();
    parser.keep();
    return event;
  } catch (error) {
    return String(error);
  }
}

Deno.test("LineReader.isExactly() finds any byte that differs, wherever the array begins", () => {
  const property = fc.property(
    fc.uint8Array({ minLength: 1, maxLength: 70 }),
    fc.nat(),
    fc.integer({ min: 1, max: 255 }),
    fc.nat(5),
    fc.nat(9),
    (bytes, position, change, offset, spare) => {
      const size = bytes.length;
      const whole = new Uint8Array(offset + size + spare);
      const array = whole.subarray(offset);
      array.set(bytes);
      const reader = new LineReader();
      reader.receive(array, size);
      const known = reader.copy(size);
      // An array that does not begin at a whole word is not compared.
      assertEquals(reader.isExactly(known), offset % 4 === 0);
      const at = position % size;
      const before = array[at] as number;
      array[at] = before ^ change;
      assert(!reader.isExactly(known));
      array[at] = before;
      assertEquals(reader.isExactly(known), offset % 4 === 0);
      reader.skip(1);
      assert(!reader.isExactly(known));
    },
  );
  fc.assert(property, { numRuns: 2_000 });
});

Deno.test("RequestParser parses a head that differs in one byte from the last three", () => {
  const head = toBytes(
    `GET /path?query HTTP/1.1\r\nHost: a\r\nX: ${"y".repeat(300)}\r\n\r\n`,
  );
  // The buffer into which a connection reads each time.
  const buffer = new Uint8Array(1_024);
  const property = fc.property(
    fc.nat(head.length - 1),
    fc.nat(255),
    (at, byte) => {
      const parser = new RequestParser();
      buffer.set(head);
      for (let i = 0; i < 3; i++) parse(parser, buffer, head.length);
      buffer[at] = byte;
      const fresh = parse(new RequestParser(), buffer, head.length);
      assertEquals(parse(parser, buffer, head.length), fresh);
    },
  );
  fc.assert(property, { numRuns: 500 });
});

Deno.test("LineReader.isExactly() keeps no large array", () => {
  const array = new Uint8Array(4_100);
  const reader = new LineReader();
  reader.receive(array, 40);
  assert(!reader.isExactly(reader.copy(40)));
});
