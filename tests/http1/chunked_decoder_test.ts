import { assertEquals } from "@std/assert";
import { MAX_EXTENSION_SIZE } from "../../http1/chunked_decoder.ts";
import { parseOne, parseText, refusalOf } from "./parse_all.ts";

const HEAD = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

Deno.test.each<[string, string]>([
  ["0\r\n\r\n", ""],
  ["000\r\n\r\n", ""],
  ["3\r\nabc\r\n0\r\n\r\n", "abc"],
  ["1\r\na\r\n2\r\nbc\r\n0\r\n\r\n", "abc"],
  ["A\r\n0123456789\r\n0\r\n\r\n", "0123456789"],
  ["a\r\n0123456789\r\n0\r\n\r\n", "0123456789"],
  ["0003\r\nabc\r\n0\r\n\r\n", "abc"],
  [`${"3".padStart(64, "0")}\r\nabc\r\n0\r\n\r\n`, "abc"],
  ["4\r\n\r\n\r\n\r\n0\r\n\r\n", "\r\n\r\n"],
  ["3\r\n\x00\n\xff\r\n0\r\n\r\n", "\x00\n\xff"],
  ["3;a\r\nabc\r\n0\r\n\r\n", "abc"],
  ["3;a=b\r\nabc\r\n0;c\r\n\r\n", "abc"],
  ['3;a="b c";d=e;f\r\nabc\r\n0\r\n\r\n', "abc"],
  ["3; a\t= b ;\tc\r\nabc\r\n0\r\n\r\n", "abc"],
  ['3;a=""\r\nabc\r\n0\r\n\r\n', "abc"],
  ['3;a="\\"\\\\;\t\xe9"\r\nabc\r\n0\r\n\r\n', "abc"],
  ["3\r\nabc\r\n0\r\nX: y\r\n\r\n", "abc"],
  ["0\r\nX:\r\nHost: b\r\nContent-Length: x\r\n\r\n", ""],
])("RequestParser decodes the chunks %j", (chunks, body) => {
  const { requests, isIdle } = parseText(`${HEAD}${chunks}${HEAD}0\r\n\r\n`);
  assertEquals(requests.map((each) => each.body), [body, ""]);
  assertEquals(isIdle, true);
  assertEquals(refusalOf(`${HEAD}${chunks}`), undefined);
  // Trailers are dropped.
  assertEquals(requests[0]?.head.fields.headers.length, 4);
});

/** Sizes, and extensions after them, that are malformed. */
const BAD_SIZES = [
  ...["+3", "-3", "0x3", "1_0", "3h", "g", " 3", "\t3", "3 ", "3\t", "3 3"],
  ...["3.0", "\r\n3", "3\x00", "\xb3", "10000000000000003", "3\r"],
  ...["3".padStart(65, "0"), "3;", "3 ;a", "3;a ", "3;a=b\t", "3;a b", "3; "],
  ...["3;a;", "3;;a", "3;a=", "3;=b", '3;a="b', '3;a="b\\"', '3;a="b"c'],
  ...['3;"a"', "3;a=b\nc", "3;a=b\rc", "3;a=b\x7f", "3;a\xe9"],
];

const BAD_TRAILERS = [
  ...["\n", "X: y\n\r\n", "X\r\n\r\n", "X : y\r\n\r\n", " X: y\r\n\r\n"],
  ...["X: y\r\n z\r\n\r\n", ": y\r\n\r\n", "X: \x00\r\n\r\n", "X(: y\r\n\r\n"],
];

Deno.test.each([
  ...BAD_SIZES.map((size) => `${size}\r\nabc\r\n`),
  ...["3\nabc\r\n", "3\rabc\r\n", "20000000000000\r\n", "ffffffffffffffff\r\n"],
  ...["3\r\nabcd\r\n", "3\r\nabc\n", "3\r\nabc\r", "3\r\nabc0\r\n\r\n"],
  "3\r\nab\r\n\r\n0\r\n\r\n",
  ...BAD_TRAILERS.map((fields) => `0\r\n${fields}`),
])("RequestParser rejects the chunks %j", (chunks) => {
  assertEquals(refusalOf(`${HEAD}${chunks}XX`), 400);
  assertEquals(parseText(`${HEAD}${chunks}XX`).requests, []);
});

Deno.test("RequestParser returns the data before a malformed chunk", () => {
  const { open, status } = parseText(`${HEAD}3\r\nabc\r\n2\r\ndef\r\n`);
  assertEquals([open?.body, status], ["abcde", 400]);
});

Deno.test("RequestParser accepts chunk sizes up to 2^53 - 1", () => {
  const { open, status } = parseText(`${HEAD}001fffffffffffff\r\nabc`);
  assertEquals([open?.body, status], ["abc", undefined]);
});

Deno.test("RequestParser accepts 4 KiB of chunk extensions in a body", () => {
  const extension = `;${"a".repeat(MAX_EXTENSION_SIZE / 2 - 1)}`;
  const chunk = `1${extension}\r\nx\r\n`;
  assertEquals(MAX_EXTENSION_SIZE, 4_096);
  assertEquals(parseOne(`${HEAD}${chunk}${chunk}0\r\n\r\n`).body, "xx");
  assertEquals(refusalOf(`${HEAD}${chunk}${chunk}0;a`), undefined);
  assertEquals(refusalOf(`${HEAD}${chunk}${chunk}0;a\r\n\r\n`), 400);
  assertEquals(refusalOf(`${HEAD}1;${"a".repeat(4_200)}`), 400);
});

Deno.test("RequestParser counts chunk extensions for each body", () => {
  const body = `${HEAD}0;${"a".repeat(MAX_EXTENSION_SIZE - 1)}\r\n\r\n`;
  assertEquals(parseText(body + body).requests.length, 2);
});

Deno.test("RequestParser limits trailers as it limits a head", () => {
  const limit = 100;
  const fill = "a".repeat(limit - "X: \r\n\r\n".length);
  const body = `${HEAD}0\r\nX: ${fill}\r\n\r\n`;
  assertEquals(parseOne(body, limit).body, "");
  assertEquals(refusalOf(body.replace("X:", "XX:"), limit), 431);
  assertEquals(refusalOf(`${HEAD}0\r\nX: ${fill}aaa`, limit), 431);
  assertEquals(refusalOf(`${HEAD}0\r\n${"X: y\r\n".repeat(17)}`, limit), 431);
  const lines = "X: y\r\n".repeat(200);
  assertEquals(parseOne(`${HEAD}0\r\n${lines}\r\n`).body, "");
  assertEquals(refusalOf(`${HEAD}0\r\n${lines}X: y\r\n`), 431);
});
