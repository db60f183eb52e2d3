import { assertEquals } from "@std/assert";
import { MAX_REQUEST_LINE_SIZE } from "../../http1/request_line.ts";
import { parseOne, parseText, refusalOf } from "./parse_all.ts";

function request(line: string): string {
  return `${line}\r\nHost: a\r\n\r\n`;
}

Deno.test.each([
  ...["GET / HTTP/1.1", "GET / HTTP/1.0", "GET / HTTP/1.2", "GET / HTTP/1.9"],
  ...["get / HTTP/1.1", "M-SEARCH / HTTP/1.1"],
  "!#$%&'*+-.^_`|~1aZ / HTTP/1.1",
  ...[..."/a?b=c&d //a /? /%00%zz".split(" "), '/!"$~{}|\\^`', "http://b"]
    .map((target) => `GET ${target} HTTP/1.1`),
  ..."http://b?q http://b:8000/x http://[::1]:80/x HTTPS://b/x http://u:p@b/x"
    .split(" ").map((target) => `GET ${target} HTTP/1.1`),
  ...["GET http://%41!@b HTTP/1.1", "OPTIONS * HTTP/1.1"],
  "OPTIONS http://b HTTP/1.1",
  ...["CONNECT b:443 HTTP/1.1", "CONNECT [::1]:443 HTTP/1.1"],
])("RequestParser parses %j", (line) => {
  const { method, target, version } = parseOne(request(line)).head;
  // A higher version is understood as 1.1.
  const expected = line.replace(/[29]$/, "1");
  assertEquals(`${method} ${target} HTTP/${version}`, expected);
});

const BAD_VERSIONS = `http/1.1 HTTP/1 HTTP/1. HTTP/.1 HTTP/1.10 HTTP/01.1
  HTTP/1,1 HTTP/+1.1 HTTPS/1.1 HTTP/1.1x HTTP/a.b ICAP/1.0`.split(/\s+/);

Deno.test.each([
  ...["GET /", "GET", "GET / ", " GET / HTTP/1.1", "GET  / HTTP/1.1"],
  ...["GET /  HTTP/1.1", "GET / HTTP/1.1 ", "GET\t/ HTTP/1.1"],
  ...["GET /\tHTTP/1.1", "GET / x HTTP/1.1", "GET  HTTP/1.1", "GET HTTP/1.1"],
  ...["G(T", "G:T", "G\xe9T", "G\x00T"].map((method) => `${method} / HTTP/1.1`),
  ...BAD_VERSIONS.map((version) => `GET / ${version}`),
])("RequestParser rejects the request line %j", (line) => {
  assertEquals(refusalOf(request(line)), 400);
});

Deno.test("RequestParser rejects other major versions with 505", () => {
  for (const line of ["GET / HTTP/0.9", "GET / HTTP/2.0", "PRI * HTTP/3.0"]) {
    assertEquals(refusalOf(request(line)), 505);
  }
});

/** Targets that the methods before them must not have. */
const BAD_TARGETS: Record<string, string> = {
  GET: `/# /a#b http://b/#c /\xc3\xa9 /\x80 /\x7f /\x01 /\x00 a ?a * b:80
    ftp://b/ file:///b javascript:1 http:b http:/b http:// http:///b
    http://?b http://:80/ http://u@/ http://u@v@b/ http://<u>@b/
    http://%zz@b/ http://b:65536/ http://b:x/ http://[::1/ http://[:]/
    http://b\\c/`,
  "M-SEARCH": "*",
  OPTIONS: "** *?a",
  CONNECT: `/ * b b: :443 b:0 b:65536 u@b:443 http://b:443/ b:443/`,
};

Deno.test.each(
  Object.entries(BAD_TARGETS).flatMap(([method, targets]) =>
    targets.split(/[ \n]+/).map((target) => `${method} ${target} HTTP/1.1`)
  ),
)("RequestParser rejects the target of %j", (line) => {
  assertEquals(refusalOf(request(line)), 400);
});

Deno.test("RequestParser accepts a target of 8 KiB, and answers a longer one with 414", () => {
  const longest = `/${"a".repeat(8_191)}`;
  const { head } = parseOne(request(`GET ${longest} HTTP/1.1`));
  assertEquals(head.target, longest);
  const longer = request(`GET ${longest}a HTTP/1.1`);
  assertEquals([refusalOf(longer), refusalOf(longer, 0)], [414, 414]);
});

Deno.test("RequestParser answers 414 to a request line or a method that is too long", () => {
  const line = `GET /${"a".repeat(MAX_REQUEST_LINE_SIZE - "GET /".length)}`;
  assertEquals([refusalOf(line), refusalOf(`${line}a`)], [undefined, 414]);
  const longest = "a".repeat(MAX_REQUEST_LINE_SIZE - " / HTTP/1.1".length);
  assertEquals(parseOne(request(`${longest} / HTTP/1.1`)).head.method, longest);
  assertEquals(refusalOf(request(`${longest}a / HTTP/1.1`)), 414);
});

Deno.test("RequestParser reports the first fault of a line", () => {
  const full = `GET /${"a".repeat(MAX_REQUEST_LINE_SIZE)}`;
  assertEquals(refusalOf(`${full}\x00 HTTP/1.1\r\n\r\n`), 414);
  assertEquals(refusalOf(`GET \x00${full} HTTP/1.1\r\n\r\n`), 400);
  assertEquals(refusalOf(`GET /\x00 HTTP/2.0\r\n\r\n`), 400);
});

Deno.test("RequestParser parses each of several request lines", () => {
  const lines = ["GET /a HTTP/1.1", "GET /b HTTP/1.0", "GET /b HTTP/1.1"];
  const { requests } = parseText(lines.map(request).join(""));
  assertEquals(
    requests.map(({ head: { target, version, fields } }) =>
      `${target} ${version} ${fields.keepsAlive}`
    ),
    ["/a 1.1 true", "/b 1.0 false", "/b 1.1 true"],
  );
});
