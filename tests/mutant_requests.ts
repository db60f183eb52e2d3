/**
 * Requests that nobody should send: a good one is made, then spoiled.
 *
 * @module
 */

import { Random } from "./random.ts";

/** A request whose parts can be spoiled one by one. */
interface Parts {
  method: string;
  target: string;
  version: string;
  headers: string[];
  body: string;
}

const METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PURGE"];

const ODD_METHODS = [
  "",
  "get",
  "G T",
  "CONNECT",
  "TRACE",
  "PRI",
  "-BL!#$",
  "GET\0",
  "\xff",
  "A".repeat(70_000),
];

const TARGETS = [
  "/",
  "/array?a=1&b=%2F",
  "/read",
  "/lines?x",
  "/generator",
  "/written",
  "/unread",
  "/caf%C3%A9/%2e%2E//x",
  "/reflect?X-A=b&x-b=%E9",
  "http://h/absolute?q",
];

const ODD_TARGETS = [
  "",
  "*",
  "?q",
  "//",
  "///../..//%2e%2e/\\",
  "/%",
  "/%00%zz%FF",
  "/\xc3\xa9?\xc3\xa9",
  "/\xff",
  "/#f",
  "/a b",
  "/\"<>{}|^`",
  "foo/bar",
  "h:80",
  ":0",
  "http://",
  "http:///p",
  "http://h#f",
  "https://user:pass@h:1/x?y#z",
  "http://[::1",
  "http://a b/",
  "ftp://h:99999/",
  "http://\xff/",
  "/reflect?X=%0d%0aSet-Cookie:a",
  "/reflect?X=%01%0b%1f%7f",
  "/reflect?X%20Y=1&%00=2",
  "/reflect?Connection=close",
  "/reflect?Content-Length=5",
  "/reflect?Content-Length=99999999999999999999",
  "/reflect?Transfer-Encoding=chunked",
  "/reflect?status=204%20",
  "/reflect?status=101%20Up",
  "/reflect?status=999%20No",
  "/reflect?status=200%20%07",
  `/${"a".repeat(70_000)}`,
  `/?${"%".repeat(30_000)}`,
];

const VERSIONS = ["HTTP/1.0", "HTTP/1.2", "HTTP/2.0", "HTTP/0.9", "", "http/1.1", "HTTP/1.1 ", "HTTP/11"];

const HEADERS = [
  "Accept: */*",
  "Cookie: a=1",
  "Cookie: b=2",
  "Content-Type: text/plain",
  "Content-Type: a/b; c=\"d, e\"",
  "X-A: \xe9\x80\xff",
  "x-a:\t1 ",
  "Connection: close",
  "Connection: keep-alive",
  "Expect: 100-continue",
  "User-Agent: fuzz",
];

const ODD_HEADERS = [
  "Host: other",
  "Host: ",
  "Host: a/evil?x#y",
  "Host: a:99999",
  "Host: [::1",
  "Host: \xff",
  "Content-Length: 5",
  "Content-Length: 0",
  "Content-Length: ",
  "Content-Length: -1",
  "Content-Length: +5",
  "Content-Length: 5, 5",
  "Content-Length: 005",
  "Content-Length: 0x5",
  "Content-Length: 9007199254740993",
  "Content-Length: 99999999999999999999999",
  "Transfer-Encoding: chunked",
  "Transfer-Encoding: gzip, chunked",
  "Transfer-Encoding: identity",
  "Transfer-Encoding : chunked",
  "Transfer-Encoding:\x0bchunked",
  "Content-Type: c/d",
  "Content-Type: ",
  "Content-Type: a/b, c/d",
  "X_Forwarded_For: 1.2.3.4",
  "Content_Length: 9",
  "Script-Name: /evil",
  "Remote-User: root",
  "Proxy: http://evil/",
  "X-Forwarded-For: 1.2.3.4",
  "X-Forwarded-Proto: https",
  "Set-Cookie: a",
  "Set-Cookie: b",
  "Upgrade: websocket",
  "Upgrade: h2c",
  "Connection: Upgrade, Host",
  "TE: trailers",
  "Trailer: Content-Length",
  "Expect: everything",
  "Range: bytes=0-",
  "no colon",
  ": no name",
  " folded: header",
  "\tfolded",
  "Spaced : 1",
  "X\xe9: 1",
  "X\0: 1",
  "X: a\0b",
  "X: a\rb",
  "X: a\x01\x7f",
  "__proto__: 1",
  "constructor: 1",
  "X.C|P~!: 1",
  `X-Long: ${"a".repeat(70_000)}`,
  `${"X".repeat(2_000)}: 1`,
  Array.from({ length: 150 }, (_, index) => `X-${index}: 1`).join("\r\n"),
];

const BAD_CHUNKS = [
  "G\r\nabc\r\n",
  "-1\r\na\r\n",
  "+1\r\na\r\n",
  "0x1\r\na\r\n",
  "1_0\r\na\r\n",
  "\r\n",
  "5\r\nabc\r\n0\r\n\r\n",
  "1\r\nabc\r\n0\r\n\r\n",
  "FFFFFFFFFFFFFFFFF\r\na",
  "7fffffffffffffff\r\na",
  "3;x=\"y\r\n\"\r\nabc\r\n",
  `3;${"x".repeat(20_000)}\r\nabc\r\n`,
  "3\nabc\n0\n\n",
  "0\r\nContent-Length: 9\r\nHost: evil\r\n\r\n",
  "0\r\nGET / HTTP/1.1\r\n\r\n",
];

const GARBAGE = [
  "\0\0\0\0",
  "\r\n\r\n\r\n",
  "\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03",
  "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
  "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0\0\0\x04\x01\x05\0\0\0\x01garbage",
  "GET /\r\n",
  "HTTP/1.1 200 OK\r\n\r\n",
];

function goodBody(random: Random): [headers: string[], body: string] {
  const body = random.bytes(random.below(random.chance(0.05) ? 70_000 : 40));
  if (random.chance(0.5)) return [[`Content-Length: ${body.length}`], body];
  let chunked = "";
  for (let start = 0; start < body.length;) {
    const chunk = body.slice(start, start + 1 + random.below(body.length));
    chunked += `${chunk.length.toString(16)}\r\n${chunk}\r\n`;
    start += chunk.length;
  }
  return [["Transfer-Encoding: chunked"], `${chunked}0\r\n\r\n`];
}

function goodParts(random: Random): Parts {
  const method = random.pick(METHODS);
  const hasBody = !["GET", "HEAD", "OPTIONS"].includes(method);
  const [framing, body] = hasBody ? goodBody(random) : [[], ""];
  const headers = ["Host: h", ...framing];
  while (random.chance(0.4)) headers.push(random.pick(HEADERS));
  return { method, target: random.pick(TARGETS), version: "HTTP/1.1", headers, body };
}

/** Spoils one part, in place. */
function spoilPart(parts: Parts, random: Random): void {
  switch (random.below(8)) {
    case 0:
      parts.method = random.pick(ODD_METHODS);
      break;
    case 1:
      parts.target = random.pick(ODD_TARGETS);
      break;
    case 2:
      parts.version = random.pick(VERSIONS);
      break;
    case 3:
      parts.headers.splice(random.below(parts.headers.length), 1);
      break;
    case 4:
      parts.headers.push(random.pick(parts.headers.concat(HEADERS)));
      break;
    case 5:
      parts.body = random.pick(BAD_CHUNKS);
      if (random.chance(0.8)) {
        parts.headers = ["Host: h", "Transfer-Encoding: chunked"];
      }
      break;
    default:
      parts.headers.splice(
        random.below(parts.headers.length + 1),
        0,
        random.pick(ODD_HEADERS),
      );
  }
}

/** Spoils some bytes, wherever they are. */
function spoilBytes(raw: string, random: Random): string {
  const at = random.below(raw.length);
  const length = 1 + random.below(random.chance(0.5) ? 4 : raw.length);
  const before = raw.slice(0, at);
  const after = raw.slice(at + length);
  switch (random.below(6)) {
    case 0: // flips a bit
      return before +
        String.fromCharCode(raw.charCodeAt(at) ^ (1 << random.below(8))) +
        raw.slice(at + 1);
    case 1: // cuts off
      return before;
    case 2: // takes out
      return before + after;
    case 3: // repeats
      return before + raw.slice(at, at + length) + raw.slice(at);
    case 4: // overwrites
      return before + random.bytes(Math.min(length, 64)) + after;
    default: // other line ends
      return raw.replaceAll("\r\n", random.pick(["\n", "\r", "\r\r\n"]));
  }
}

function write({ method, target, version, headers, body }: Parts): string {
  const lines = [`${method} ${target} ${version}`, ...headers];
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
}

function oneRequest(random: Random): string {
  const parts = goodParts(random);
  const spoiled = random.below(3);
  for (let i = 0; i < spoiled; i++) spoilPart(parts, random);
  let raw = write(parts);
  if (random.chance(0.4)) raw = spoilBytes(raw, random);
  return raw;
}

/**
 * Makes what a client sends over one connection.
 *
 * @param seed The same number gives the same bytes.
 * @returns The bytes as a ByteString: one request, or several at once, seldom
 * all of them good.
 */
export function mutantRequest(seed: number): string {
  const random = new Random(seed);
  let raw = oneRequest(random);
  while (random.chance(0.2)) {
    raw += random.chance(0.3) ? random.pick(GARBAGE) : oneRequest(random);
  }
  return random.chance(0.05) ? random.pick(GARBAGE) + raw : raw;
}
