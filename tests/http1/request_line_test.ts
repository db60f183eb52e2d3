import { assertEquals } from "@std/assert";
import { MAX_REQUEST_LINE_SIZE } from "../../http1/request_line.ts";
import { parseOne, parseText, refusalOf } from "./parse_all.ts";

function request(line: string): string {
  return `${line}\r\nHost: a\r\n\r\n`;
}

Deno.test.each<[string, string, string, string]>([
  ["GET / HTTP/1.1", "GET", "/", "1.1"],
  ["GET / HTTP/1.0", "GET", "/", "1.0"],
  ["GET / HTTP/1.2", "GET", "/", "1.1"],
  ["GET / HTTP/1.9", "GET", "/", "1.1"],
  ["get / HTTP/1.1", "get", "/", "1.1"],
  ["M-SEARCH / HTTP/1.1", "M-SEARCH", "/", "1.1"],
  ["!#$%&'*+-.^_`|~1aZ / HTTP/1.1", "!#$%&'*+-.^_`|~1aZ", "/", "1.1"],
  ["GET /a?b=c&d HTTP/1.1", "GET", "/a?b=c&d", "1.1"],
  ["GET //a HTTP/1.1", "GET", "//a", "1.1"],
  ["GET /? HTTP/1.1", "GET", "/?", "1.1"],
  ["GET /%00%zz HTTP/1.1", "GET", "/%00%zz", "1.1"],
  ['GET /!"$~{}|\\^` HTTP/1.1', "GET", '/!"$~{}|\\^`', "1.1"],
  ["GET http://b HTTP/1.1", "GET", "http://b", "1.1"],
  ["GET http://b?q HTTP/1.1", "GET", "http://b?q", "1.1"],
  ["GET http://b:8000/x HTTP/1.1", "GET", "http://b:8000/x", "1.1"],
  ["GET http://[::1]:80/x HTTP/1.1", "GET", "http://[::1]:80/x", "1.1"],
  ["GET HTTPS://b/x HTTP/1.1", "GET", "HTTPS://b/x", "1.1"],
  ["GET http://u:p@b/x HTTP/1.1", "GET", "http://u:p@b/x", "1.1"],
  ["GET http://%41!@b HTTP/1.1", "GET", "http://%41!@b", "1.1"],
  ["OPTIONS * HTTP/1.1", "OPTIONS", "*", "1.1"],
  ["OPTIONS http://b HTTP/1.1", "OPTIONS", "http://b", "1.1"],
  ["CONNECT b:443 HTTP/1.1", "CONNECT", "b:443", "1.1"],
  ["CONNECT [::1]:443 HTTP/1.1", "CONNECT", "[::1]:443", "1.1"],
])("RequestParser takes %j apart", (line, method, target, version) => {
  const { head } = parseOne(request(line));
  assertEquals(
    [head.method, head.target, head.version],
    [method, target, version],
  );
});

Deno.test.each([
  "GET /",
  "GET",
  "GET / ",
  " GET / HTTP/1.1",
  "GET  / HTTP/1.1",
  "GET /  HTTP/1.1",
  "GET / HTTP/1.1 ",
  "GET\t/ HTTP/1.1",
  "GET /\tHTTP/1.1",
  "GET / x HTTP/1.1",
  "GET  HTTP/1.1",
  "GET HTTP/1.1",
  "G(T / HTTP/1.1",
  "G:T / HTTP/1.1",
  "G\xe9T / HTTP/1.1",
  "G\x00T / HTTP/1.1",
  "GET / http/1.1",
  "GET / HTTP/1",
  "GET / HTTP/1.",
  "GET / HTTP/.1",
  "GET / HTTP/1.10",
  "GET / HTTP/01.1",
  "GET / HTTP/1,1",
  "GET / HTTP/+1.1",
  "GET / HTTPS/1.1",
  "GET / HTTP/1.1x",
  "GET / HTTP/a.b",
  "GET / ICAP/1.0",
])("RequestParser refuses the request line %j", (line) => {
  assertEquals(refusalOf(request(line)), 400);
});

Deno.test.each([
  "GET / HTTP/0.9",
  "GET / HTTP/2.0",
  "GET / HTTP/3.0",
  "PRI * HTTP/2.0",
])("RequestParser refuses %j with 505", (line) => {
  assertEquals(refusalOf(request(line)), 505);
});

Deno.test.each([
  "GET /# HTTP/1.1",
  "GET /a#b HTTP/1.1",
  "GET http://b/#c HTTP/1.1",
  "GET /\xc3\xa9 HTTP/1.1",
  "GET /\x80 HTTP/1.1",
  "GET /\x7f HTTP/1.1",
  "GET /\x01 HTTP/1.1",
  "GET /\x00 HTTP/1.1",
  "GET a HTTP/1.1",
  "GET ?a HTTP/1.1",
  "GET * HTTP/1.1",
  "M-SEARCH * HTTP/1.1",
  "OPTIONS ** HTTP/1.1",
  "OPTIONS *?a HTTP/1.1",
  "GET b:80 HTTP/1.1",
  "GET ftp://b/ HTTP/1.1",
  "GET file:///b HTTP/1.1",
  "GET javascript:1 HTTP/1.1",
  "GET http:b HTTP/1.1",
  "GET http:/b HTTP/1.1",
  "GET http:// HTTP/1.1",
  "GET http:///b HTTP/1.1",
  "GET http://?b HTTP/1.1",
  "GET http://:80/ HTTP/1.1",
  "GET http://u@/ HTTP/1.1",
  "GET http://u@v@b/ HTTP/1.1",
  "GET http://<u>@b/ HTTP/1.1",
  "GET http://%zz@b/ HTTP/1.1",
  "GET http://b:65536/ HTTP/1.1",
  "GET http://b:x/ HTTP/1.1",
  "GET http://[::1/ HTTP/1.1",
  "GET http://[:]/ HTTP/1.1",
  "GET http://b\\c/ HTTP/1.1",
  "CONNECT / HTTP/1.1",
  "CONNECT * HTTP/1.1",
  "CONNECT b HTTP/1.1",
  "CONNECT b: HTTP/1.1",
  "CONNECT :443 HTTP/1.1",
  "CONNECT b:0 HTTP/1.1",
  "CONNECT b:65536 HTTP/1.1",
  "CONNECT u@b:443 HTTP/1.1",
  "CONNECT http://b:443/ HTTP/1.1",
  "CONNECT b:443/ HTTP/1.1",
])("RequestParser refuses the target of %j", (line) => {
  assertEquals(refusalOf(request(line)), 400);
});

Deno.test("RequestParser takes a target of 8 KiB, and answers a longer one with 414", () => {
  const longest = `/${"a".repeat(8_191)}`;
  assertEquals(
    parseOne(request(`GET ${longest} HTTP/1.1`)).head.target,
    longest,
  );
  assertEquals(refusalOf(request(`GET ${longest}a HTTP/1.1`)), 414);
  assertEquals(refusalOf(request(`GET ${longest}a HTTP/1.1`), 0), 414);
});

Deno.test("RequestParser answers a request line that does not end with 414", () => {
  const rest = "a".repeat(MAX_REQUEST_LINE_SIZE - "GET /".length);
  assertEquals(refusalOf(`GET /${rest}`), undefined);
  assertEquals(refusalOf(`GET /${rest}a`), 414);
  assertEquals(refusalOf("a".repeat(MAX_REQUEST_LINE_SIZE + 1)), 414);
});

Deno.test("RequestParser answers a method that is too long with 414", () => {
  const size = MAX_REQUEST_LINE_SIZE - " / HTTP/1.1".length;
  const longest = "a".repeat(size);
  assertEquals(parseOne(request(`${longest} / HTTP/1.1`)).head.method, longest);
  assertEquals(refusalOf(request(`${longest}a / HTTP/1.1`)), 414);
});

Deno.test("RequestParser decides by the fault that stands first in a line", () => {
  const full = `GET /${"a".repeat(MAX_REQUEST_LINE_SIZE)}`;
  assertEquals(refusalOf(`${full}\x00 HTTP/1.1\r\n\r\n`), 414);
  assertEquals(refusalOf(`GET \x00${full} HTTP/1.1\r\n\r\n`), 400);
  assertEquals(refusalOf(`GET /\x00 HTTP/2.0\r\n\r\n`), 400);
});

Deno.test("RequestParser parses one request line as often as it comes", () => {
  const { requests } = parseText(
    request("GET /a HTTP/1.1") + request("GET /b HTTP/1.0") +
      request("GET /b HTTP/1.1"),
  );
  assertEquals(
    requests.map(({ head }) => [head.target, head.version]),
    [["/a", "1.1"], ["/b", "1.0"], ["/b", "1.1"]],
  );
  assertEquals(
    requests.map(({ head }) => head.fields.keepsAlive),
    [true, false, true],
  );
});
