import { assertEquals } from "@std/assert";
import type { RequestFields } from "../../http1/request_head.ts";
import { parseOne, parseText, refusalOf } from "./parse_all.ts";

type Version = "1.0" | "1.1";

function request(version: Version, lines: readonly string[]): string {
  return ["GET / HTTP/" + version, ...lines, "", ""].join("\r\n");
}

/** What the fields of a request say whose body has not come. */
function fieldsOf(version: Version, ...lines: string[]): RequestFields {
  const { requests, open, message } = parseText(request(version, lines));
  const fields = (requests[0] ?? open)?.head.fields;
  if (fields === undefined) throw new Error(message);
  return fields;
}

Deno.test.each([
  ...["a", "A.example:8000", "127.0.0.1", "[::1]:443", "a:", "a:65535"],
  ...["a%41", ""],
])("RequestParser accepts the Host %j", (host) => {
  assertEquals(fieldsOf("1.1", `Host: ${host}`).host, host);
  assertEquals(fieldsOf("1.0", `host: ${host}`).host, host);
});

Deno.test("RequestParser lets only HTTP/1.0 go without Host", () => {
  assertEquals(refusalOf(request("1.1", ["X: y"])), 400);
  assertEquals(refusalOf(request("1.1", [])), 400);
  assertEquals(refusalOf("GET / HTTP/1.2\r\n\r\n"), 400);
  assertEquals(refusalOf("GET http://a/ HTTP/1.1\r\n\r\n"), 400);
  assertEquals(fieldsOf("1.0").host, undefined);
});

const BAD_HOSTS = [
  ...["a, b", "a b", "u@a", "a/b", "http://a", "a:b", "a:80:80", "a:65536"],
  ...[
    "999.999.999.999",
    "a.1",
    "xn--a",
    ":80",
    "a:-1",
    "[:]",
    "[1:2]",
    "[::1",
    "::1",
    "a%zz",
    "a%20b",
    "\xe9",
  ],
];

Deno.test.each([
  [["Host: a", "Host: a"]],
  [["Host: a", "host: b"]],
  [["Host:", "Host:"]],
  ...BAD_HOSTS.map((host): [string[]] => [[`Host: ${host}`]]),
])("RequestParser refuses the lines %j", (lines) => {
  assertEquals(refusalOf(request("1.1", lines)), 400);
  assertEquals(refusalOf(request("1.0", lines)), 400);
});

Deno.test("RequestParser wants a valid Host beside an absolute target", () => {
  assertEquals(refusalOf("GET http://a/ HTTP/1.1\r\nHost: u@b\r\n\r\n"), 400);
  const { head } = parseOne("GET http://a/ HTTP/1.1\r\nHost: b\r\n\r\n");
  assertEquals([head.target, head.fields.host], ["http://a/", "b"]);
});

Deno.test.each<[string, number | undefined]>([
  ["0", undefined],
  ["00", undefined],
  ["1", 1],
  ["007", 7],
  ["9007199254740991", Number.MAX_SAFE_INTEGER],
])("RequestParser accepts the Content-Length %j", (value, length) => {
  const fields = fieldsOf("1.1", "Host: a", `Content-Length: ${value}`);
  assertEquals([fields.contentLength, fields.isChunked], [length, false]);
});

const BAD_LENGTHS = [
  ...["+1", "-1", "1 1", "1, 1", "1,", "0x1", "1.0", "1e1", "1_0", "\xb2"],
  ...["\xa01", "a", "9007199254740992", "9007199254740993"],
  "99999999999999999999",
];

const BAD_CODINGS = [
  ...[",", "chunked,", ",chunked", "chunked, chunked", "chunked, gzip"],
  ...["chunked, identity", "chunked;q=1", '"chunked"', "chun ked"],
  "\x0bchunked",
];

Deno.test.each([
  ...BAD_LENGTHS.map((length): [string[]] => [[`Content-Length: ${length}`]]),
  ...BAD_CODINGS.map((
    coding,
  ): [string[]] => [[`Transfer-Encoding: ${coding}`]]),
  [["Content-Length:"]],
  [["Transfer-Encoding:"]],
  [["Content-Length: 1", "Content-Length: 1"]],
  [["Content-Length: 1", "content-length: 2"]],
  [["Content-Length: 1", "Transfer-Encoding: chunked"]],
  [["Transfer-Encoding: chunked", "Content-Length: 0"]],
  [["Transfer-Encoding: gzip", "Content-Length: 0"]],
  [["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"]],
  [["Transfer-Encoding: chunked", "Transfer-Encoding: gzip"]],
])("RequestParser refuses the framing %j", (lines) => {
  assertEquals(refusalOf(request("1.1", ["Host: a", ...lines])), 400);
});

Deno.test.each([
  [["Transfer-Encoding: gzip"]],
  [["Transfer-Encoding: identity"]],
  [["Transfer-Encoding: xchunked"]],
  [["Transfer-Encoding: gzip, chunked"]],
  [["Transfer-Encoding: gzip", "Transfer-Encoding: chunked"]],
])("RequestParser answers %j with 501", (lines) => {
  assertEquals(refusalOf(request("1.1", ["Host: a", ...lines])), 501);
});

Deno.test.each(["chunked", "CHUNKED", "Chunked", " chunked \t"])(
  "RequestParser accepts the Transfer-Encoding %j on HTTP/1.1 only",
  (value) => {
    const lines = ["Host: a", `Transfer-Encoding: ${value}`];
    const { isChunked, contentLength } = fieldsOf("1.1", ...lines);
    assertEquals([isChunked, contentLength], [true, undefined]);
    assertEquals(refusalOf(request("1.0", lines)), 400);
  },
);

Deno.test.each(["100-continue", "100-Continue"])(
  "RequestParser understands Expect: %s, and ignores it on HTTP/1.0",
  (value) => {
    const lines = ["Host: a", `Expect: ${value}`];
    assertEquals(fieldsOf("1.1", ...lines).expectsContinue, true);
    assertEquals(fieldsOf("1.0", ...lines).expectsContinue, false);
  },
);

Deno.test.each([
  [["Expect: 200-ok"]],
  [["Expect:"]],
  [["Expect: 100-continue, x"]],
  [["Expect: 100-continue", "Expect: 100-continue"]],
])("RequestParser answers %j with 417, and ignores it on HTTP/1.0", (lines) => {
  assertEquals(refusalOf(request("1.1", ["Host: a", ...lines])), 417);
  assertEquals(fieldsOf("1.0", ...lines).expectsContinue, false);
});

Deno.test.each<[Version, string[], boolean]>([
  ["1.1", [], true],
  ["1.1", ["Connection: keep-alive"], true],
  ["1.1", ["Connection: close"], false],
  ["1.1", ["connection: CLOSE"], false],
  ["1.1", ["Connection: a,\tclose , b"], false],
  ["1.1", ["Connection: keep-alive", "Connection: close"], false],
  ["1.1", ["Connection: close, keep-alive"], false],
  ["1.1", ["Connection: closed"], true],
  ["1.1", ["Connection: upgrade", "Upgrade: h2c"], true],
  ["1.1", ["Connection:"], true],
  ["1.1", ["X-Connection: close"], true],
  ["1.0", [], false],
  ["1.0", ["Connection: close"], false],
  ["1.0", ["Connection: keep-alive"], true],
  ["1.0", ["Connection: Keep-Alive"], true],
  ["1.0", ["Connection: a, keep-alive"], true],
  ["1.0", ["Connection: a", "Connection: keep-alive"], true],
  ["1.0", ["Connection: keep-alive, close"], false],
  ["1.0", ["Connection: keep-alives"], false],
  ["1.0", ["Keep-Alive: timeout=5"], false],
])(
  "HTTP/%s with the lines %j: keepsAlive is %j",
  (version, lines, expected) => {
    assertEquals(fieldsOf(version, "Host: a", ...lines).keepsAlive, expected);
  },
);

Deno.test("RequestParser ignores Upgrade and frames the body as usual", () => {
  const lines = ["Host: a", "Connection: Upgrade, HTTP2-Settings"];
  const { body, head } = parseOne(
    request("1.1", [...lines, "Upgrade: h2c", "Content-Length: 3"]) + "abc",
  );
  assertEquals([body, head.fields.keepsAlive], ["abc", true]);
});
