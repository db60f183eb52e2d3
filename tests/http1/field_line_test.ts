import { assertEquals } from "@std/assert";
import { fromBytes } from "../../wsgi/byte_string.ts";
import { parseOne, refusalOf } from "./parse_all.ts";

const START = "GET / HTTP/1.1\r\nHost: a\r\n";

function headersOf(lines: string): readonly string[] {
  return parseOne(`${START}${lines}\r\n`).head.fields.headers.slice(2);
}

Deno.test.each<[string, string[]]>([
  ["X: y\r\n", ["X", "y"]],
  ["X:y\r\n", ["X", "y"]],
  ["X: \t y \t \r\n", ["X", "y"]],
  ["X:\r\n", ["X", ""]],
  ["X: \t\r\n", ["X", ""]],
  ["X: a  b\tc\r\n", ["X", "a  b\tc"]],
  ["X: a:b: c\r\n", ["X", "a:b: c"]],
  ["X: \xe9\x80\xff\r\n", ["X", "\xe9\x80\xff"]],
  ["X: \xc3\xa9\r\n", ["X", "\xc3\xa9"]],
  ["X: \xa0y\xa0\r\n", ["X", "\xa0y\xa0"]],
  ["X: \xef\xbb\xbfy\r\n", ["X", "\xef\xbb\xbfy"]],
  ["X: \xef\xbf\xbd\r\n", ["X", "\xef\xbf\xbd"]],
  ["!#$%&'*+-.^_`|~1aZ: y\r\n", ["!#$%&'*+-.^_`|~1aZ", "y"]],
  ["B: 1\r\na: 2\r\nb: 3\r\nB: 4\r\n", [..."B1a2b3B4"]],
  ["HOSTS: x\r\nXHost: y\r\n", ["HOSTS", "x", "XHost", "y"]],
])("RequestParser accepts the header lines %j", (lines, headers) => {
  assertEquals(headersOf(lines), headers);
});

const CONTROLS = [..."\x00\x01\x08\x0b\x0c\x1b\x1f\x7f"];

Deno.test.each([
  ...["X : y\r\n", "X\t: y\r\n", " X: y\r\n", "\tX: y\r\n", "X: y\r\n z\r\n"],
  ...["X: y\r\n\tz\r\n", " \r\n", "X\r\n", "X y\r\n", ": y\r\n", ":\r\n"],
  ...["X Y: z\r\n", "X(: y\r\n", '"X": y\r\n', "X\xe9: y\r\n"],
  ...["X\x00: y\r\n", "X\x7f: y\r\n"],
  ...CONTROLS.map((control) => `X: a${control}b\r\n`),
])("RequestParser rejects the header lines %j", (lines) => {
  assertEquals(refusalOf(`${START}${lines}\r\n`), 400);
});

Deno.test("RequestParser rejects a blank before the first header", () => {
  assertEquals(refusalOf("GET / HTTP/1.1\r\n Host: a\r\n\r\n"), 400);
});

Deno.test("RequestParser keeps every byte of a value from 0x80", () => {
  const bytes = Uint8Array.from({ length: 0x80 }, (_, index) => 0x80 + index);
  const value = fromBytes(bytes);
  assertEquals(headersOf(`X: ${value}\r\n`), ["X", value]);
});

/** A head of this many bytes. */
function headOf(size: number): string {
  const fill = "a".repeat(size - START.length - "X: \r\n\r\n".length);
  return `${START}X: ${fill}\r\n\r\n`;
}

Deno.test("RequestParser accepts a head of maxHeaderSize bytes, by default 16 KiB, and answers a larger one with 431", () => {
  for (const limit of [1_000, undefined]) {
    const size = limit ?? 16_384;
    assertEquals(parseOne(headOf(size), limit).body, "");
    assertEquals(refusalOf(headOf(size + 1), limit), 431);
  }
  assertEquals(refusalOf(headOf(1_000).slice(0, -4), 990), 431);
  assertEquals(parseOne(headOf(100_000), 0).body, "");
});

Deno.test("RequestParser accepts 200 header lines, and answers more with 431", () => {
  const lines = "X: y\r\n".repeat(199);
  assertEquals(headersOf(lines).length, 398);
  assertEquals(refusalOf(`${START}${lines}X: y\r\n\r\n`), 431);
  assertEquals(refusalOf(`${START}${lines}X: y\r\n`, 0), 431);
});

Deno.test("RequestParser reports the first fault of a head", () => {
  const lines = "X: y\r\n".repeat(199);
  assertEquals(refusalOf(`${START}X y\r\nX: \x00\r\n${lines}\r\n`), 400);
  assertEquals(refusalOf(`${START}${lines}X y\r\n\r\n`), 431);
  assertEquals(refusalOf(`${START}${lines}X: \x00\r\n\r\n`), 400);
  const fill = "a".repeat(100);
  assertEquals(refusalOf(`${START}X: ${fill}\x00\r\n\r\n`, 100), 431);
  assertEquals(refusalOf(`${START}X: \x00${fill}\r\n\r\n`, 100), 400);
});
