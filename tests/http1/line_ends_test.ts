import { assertEquals } from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import { parseAll, parseOne, parseText, refusalOf } from "./parse_all.ts";

const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

Deno.test("RequestParser accepts up to two empty lines before each request", () => {
  for (const count of [0, 1, 2]) {
    const text = `${"\r\n".repeat(count)}${GET}`;
    assertEquals(parseOne(text).head.target, "/");
    const { requests, isIdle } = parseText(text.repeat(3));
    assertEquals([requests.length, isIdle], [3, true]);
  }
});

Deno.test("RequestParser counts empty lines in the size of a head", () => {
  const text = `\r\n\r\n${GET}`;
  assertEquals(parseOne(text, text.length).head.target, "/");
  assertEquals(refusalOf(text, text.length - 1), 431);
  const pieces = [toBytes("\r\n\r\n"), toBytes(GET)];
  assertEquals(parseAll(pieces, text.length).status, undefined);
  assertEquals(parseAll(pieces, text.length - 1).status, 431);
});

const LINE = "GET / HTTP/1.1";

Deno.test.each([
  ["three empty lines before the request line", `\r\n\r\n\r\n${GET}`],
  ["a bare LF before the request line", `\n${GET}`],
  ["a bare CR before the request line", `\r${GET}`],
  ["a bare LF after the request line", `${LINE}\nHost: a\r\n\r\n`],
  ["a bare CR after the request line", `${LINE}\rHost: a\r\n\r\n`],
  ["two CRs after the request line", `${LINE}\r\r\nHost: a\r\n\r\n`],
  ["a bare LF after a header", `${LINE}\r\nHost: a\nX: y\r\n\r\n`],
  ["a bare CR after a header", `${LINE}\r\nHost: a\rX: y\r\n\r\n`],
  ["a bare CR in a value", `${LINE}\r\nHost: a\r\nX: y\rz\r\n\r\n`],
  ["a bare LF in a value", `${LINE}\r\nHost: a\r\nX: y\nz\r\n\r\n`],
  ["a bare LF at the end", `${LINE}\r\nHost: a\r\n\n`],
  ["a bare CR at the end", `${LINE}\r\nHost: a\r\n\rX`],
  ["two bare LFs at the end", `${LINE}\r\nHost: a\n\n`],
  ["two bare LFs before a request", `${LINE}\r\nHost: a\r\nX: y\n\n${GET}`],
  ["LF CR LF at the end", `${LINE}\r\nHost: a\n\r\n`],
  ["bare LFs everywhere", `${LINE}\nHost: a\n\n`],
])("RequestParser rejects %s", (_, text) => {
  assertEquals(refusalOf(text), 400);
  assertEquals(parseText(text).requests, []);
});
