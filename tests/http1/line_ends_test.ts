import { assertEquals } from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import { parseAll, parseOne, parseText, refusalOf } from "./parse_all.ts";

const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

Deno.test.each([0, 1, 2])(
  "RequestParser accepts %i empty lines before a request line",
  (count) => {
    assertEquals(parseOne("\r\n".repeat(count) + GET).head.target, "/");
  },
);

Deno.test("RequestParser accepts two empty lines before each request", () => {
  const { requests, isIdle } = parseText(`\r\n\r\n${GET}`.repeat(3));
  assertEquals([requests.length, isIdle], [3, true]);
});

Deno.test("RequestParser counts empty lines in the size of a head", () => {
  const text = `\r\n\r\n${GET}`;
  assertEquals(parseOne(text, text.length).head.target, "/");
  assertEquals(refusalOf(text, text.length - 1), 431);
  const pieces = [toBytes("\r\n\r\n"), toBytes(GET)];
  assertEquals(parseAll(pieces, text.length).status, undefined);
  assertEquals(parseAll(pieces, text.length - 1).status, 431);
});

Deno.test.each([
  ["three empty lines before the request line", `\r\n\r\n\r\n${GET}`],
  ["a bare LF before the request line", `\n${GET}`],
  ["a bare CR before the request line", `\r${GET}`],
  ["a bare LF after the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n"],
  ["a bare CR after the request line", "GET / HTTP/1.1\rHost: a\r\n\r\n"],
  ["two CRs after the request line", "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n"],
  ["a bare LF after a header", "GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n"],
  ["a bare CR after a header", "GET / HTTP/1.1\r\nHost: a\rX: y\r\n\r\n"],
  ["a bare CR in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: y\rz\r\n\r\n"],
  ["a bare LF in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: y\nz\r\n\r\n"],
  ["a bare LF at the end", "GET / HTTP/1.1\r\nHost: a\r\n\n"],
  ["a bare CR at the end", "GET / HTTP/1.1\r\nHost: a\r\n\rX"],
  ["two bare LFs at the end", "GET / HTTP/1.1\r\nHost: a\n\n"],
  ["LF CR LF at the end", "GET / HTTP/1.1\r\nHost: a\n\r\n"],
  ["bare LFs everywhere", "GET / HTTP/1.1\nHost: a\n\n"],
])("RequestParser rejects %s", (_, text) => {
  assertEquals(refusalOf(text), 400);
  assertEquals(parseText(text).requests, []);
});

Deno.test("RequestParser does not accept a bare LF as the end of a head", () => {
  const { requests, status } = parseText(
    `GET / HTTP/1.1\r\nHost: a\r\nX: y\n\nGET /hidden HTTP/1.1\r\nHost: a\r\n\r\n`,
  );
  assertEquals([requests, status], [[], 400]);
});
