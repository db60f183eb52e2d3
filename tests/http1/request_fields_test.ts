import { assertEquals } from "@std/assert";
import type { RequestFields } from "../../http1/request_head.ts";
import { parseOne, parseText, refusalOf } from "./parse_all.ts";

type Version = "1.0" | "1.1";

function request(version: Version, ...lines: string[]): string {
  return ["GET / HTTP/" + version, ...lines, "", ""].join("\r\n");
}

/** The fields of a request whose body has not arrived. */
function fieldsOf(version: Version, ...lines: string[]): RequestFields {
  const { requests, open, message } = parseText(request(version, ...lines));
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

const BAD_HOSTS = `a, b|a b|u@a|a/b|http://a|a:b|a:80:80|a:65536|a.1|xn--a|:80|
  999.999.999.999|a:-1|[:]|[1:2]|[::1|::1|a%zz|a%20b|\xe9`.split(/\|\s*/);

Deno.test.each([
  ["Host: a", "Host: a"],
  ["Host: a", "host: b"],
  ["Host:", "Host:"],
  ...BAD_HOSTS.map((host) => [`Host: ${host}`]),
].map((lines) => ({ lines })))("RequestParser rejects %o", ({ lines }) => {
  assertEquals(refusalOf(request("1.1", ...lines)), 400);
  assertEquals(refusalOf(request("1.0", ...lines)), 400);
});

Deno.test("RequestParser requires Host except for HTTP/1.0, also with an absolute target", () => {
  const absolute = "GET http://a/ HTTP/1.1\r\n";
  const wrong = [request("1.1", "X: y"), request("1.1")];
  wrong.push("GET / HTTP/1.2\r\n\r\n", `${absolute}\r\n`);
  for (const text of [...wrong, `${absolute}Host: u@b\r\n\r\n`]) {
    assertEquals(refusalOf(text), 400);
  }
  assertEquals(fieldsOf("1.0").host, undefined);
  const { head } = parseOne(`${absolute}Host: b\r\n\r\n`);
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

const LENGTH = "Content-Length:";
const CODING = "Transfer-Encoding:";

Deno.test.each<{ lines: string[]; status: number }>([
  ...`+1|-1|1 1|1, 1|1,|0x1|1.0|1e1|1_0|\xb2|\xa01|a|9007199254740992|
    9007199254740993|99999999999999999999|`.split(/\|[\n ]*/)
    .map((length) => ({ lines: [`${LENGTH} ${length}`], status: 400 })),
  ...`,|chunked,|,chunked|chunked, chunked|chunked, gzip|chunked, identity|
    chunked;q=1|"chunked"|chun ked||\x0bchunked`.split(/\|[\n ]*/)
    .map((coding) => ({ lines: [`${CODING} ${coding}`], status: 400 })),
  ...[
    [`${LENGTH} 1`, `${LENGTH} 1`],
    [`${LENGTH} 1`, "content-length: 2"],
    [`${LENGTH} 1`, `${CODING} chunked`],
    [`${CODING} chunked`, `${LENGTH} 0`],
    [`${CODING} gzip`, `${LENGTH} 0`],
    [`${CODING} chunked`, `${CODING} chunked`],
    [`${CODING} chunked`, `${CODING} gzip`],
  ].map((lines) => ({ lines, status: 400 })),
  ...["gzip", "identity", "xchunked", "gzip, chunked"]
    .map((coding) => ({ lines: [`${CODING} ${coding}`], status: 501 })),
  { lines: [`${CODING} gzip`, `${CODING} chunked`], status: 501 },
])("RequestParser rejects the framing %o", ({ lines, status }) => {
  assertEquals(refusalOf(request("1.1", "Host: a", ...lines)), status);
});

Deno.test.each(["chunked", "CHUNKED", "Chunked", " chunked \t"])(
  "RequestParser accepts the Transfer-Encoding %j on HTTP/1.1 only",
  (value) => {
    const lines = ["Host: a", `Transfer-Encoding: ${value}`];
    const { isChunked, contentLength } = fieldsOf("1.1", ...lines);
    assertEquals([isChunked, contentLength], [true, undefined]);
    assertEquals(refusalOf(request("1.0", ...lines)), 400);
  },
);

Deno.test.each<{ expect: string[]; status?: number }>([
  { expect: ["100-continue"] },
  { expect: ["100-Continue"] },
  { expect: ["200-ok"], status: 417 },
  { expect: [""], status: 417 },
  { expect: ["100-continue, x"], status: 417 },
  { expect: ["100-continue", "100-continue"], status: 417 },
])("RequestParser with HTTP/1.1 handles %o", ({ expect, status }) => {
  const lines = ["Host: a", ...expect.map((value) => `Expect: ${value}`)];
  assertEquals(fieldsOf("1.0", ...lines).expectsContinue, false);
  assertEquals(refusalOf(request("1.1", ...lines)), status);
  if (status !== undefined) return;
  assertEquals(fieldsOf("1.1", ...lines).expectsContinue, true);
});

/** The version, the lines after Host, and whether the connection is kept. */
const CONNECTIONS = `
  1.1  -                                         true
  1.1  Connection: keep-alive                    true
  1.1  Connection: close                         false
  1.1  connection: CLOSE                         false
  1.1  Connection: a,\tclose , b                 false
  1.1  Connection: keep-alive;Connection: close  false
  1.1  Connection: close, keep-alive             false
  1.1  Connection: closed                        true
  1.1  Connection: upgrade;Upgrade: h2c          true
  1.1  Connection:                               true
  1.1  X-Connection: close                       true
  1.0  -                                         false
  1.0  Connection: close                         false
  1.0  Connection: keep-alive                    true
  1.0  Connection: Keep-Alive                    true
  1.0  Connection: a, keep-alive                 true
  1.0  Connection: a;Connection: keep-alive      true
  1.0  Connection: keep-alive, close             false
  1.0  Connection: keep-alives                   false
  1.0  Keep-Alive: timeout=5                     false`;

Deno.test.each(
  CONNECTIONS.trim().split("\n").map((line) => line.trim().split(/ {2,}/)),
)(
  "RequestParser of HTTP/%s with %j has keepsAlive %s",
  (version, lines, expected) => {
    const all = lines === "-" ? [] : lines!.split(";");
    const { keepsAlive } = fieldsOf(version as Version, "Host: a", ...all);
    assertEquals(`${keepsAlive}`, expected);
  },
);

Deno.test("RequestParser ignores Upgrade and frames the body as usual", () => {
  const lines = ["Host: a", "Connection: Upgrade", "Upgrade: h2c"];
  const text = request("1.1", ...lines, "Content-Length: 3") + "abc";
  const { body, head } = parseOne(text);
  assertEquals([body, head.fields.keepsAlive], ["abc", true]);
});
