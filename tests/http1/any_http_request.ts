/** Valid requests of all kinds, and ways to spoil and to cut them. */

import fc from "npm:fast-check@^4";
import { fromBytes } from "../../wsgi/byte_string.ts";

/** A valid request as bytes, and its parts. */
export interface SentRequest {
  /** One code unit for each byte. */
  readonly text: string;
  readonly method: string;
  readonly target: string;
  readonly version: "1.0" | "1.1";
  /** Names and values in turn. */
  readonly headers: readonly string[];
  readonly body: string;
}

const token = fc.stringMatching(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,9}$/);

/** Without CONNECT and Upgrade, because Node's parser stops there. */
const method = fc.constantFrom(
  ...["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PURGE"],
);

const target = fc.oneof(
  fc.stringMatching(/^\/[!"$-~]{0,20}$/),
  fc.constantFrom("/", "/a?b=c", "http://a/b", "http://[::1]:80?c", "//a"),
);

const blank = fc.constantFrom("", " ", "\t", " \t ");

const value = fc.string({
  unit: fc.constantFrom(...'aB1,;:="\\\xe9\x80\xff', " ", "\t"),
  maxLength: 12,
}).map((text) => text.replace(/^[ \t]+|[ \t]+$/g, ""));

const OWN = /^(?:host|content-length|transfer-encoding|expect|upgrade)$/i;

const header = fc.oneof(
  fc.tuple(
    token.filter((name) => !OWN.test(name) && !/^connection$/i.test(name)),
    value,
  ),
  fc.constantFrom<[string, string]>(
    ["Connection", "keep-alive"],
    ["Cookie", "a=b"],
    ["X", "y"],
  ),
);

const body = fc.oneof(
  fc.uint8Array({ maxLength: 40 }).map(fromBytes),
  fc.uint8Array({ maxLength: 40 }).map(fromBytes),
  fc.constantFrom(
    ...["0\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "a".repeat(300)],
  ),
);

const extension = fc.constantFrom("", "", ";a", ";a=b", ';a="b;\\"\xe9"');
const trailers = fc.constantFrom("", "", "X: y\r\n", "A:\r\nb: \xe9\r\n");
const part = fc.tuple(fc.integer({ min: 1, max: 20 }), extension, fc.nat(3));
const parts = fc.array(part, { minLength: 1, maxLength: 6 });

/** A body in chunks of random sizes. */
function chunked(text: string): fc.Arbitrary<string> {
  return fc.tuple(parts, extension, trailers).map(([parts, last, fields]) => {
    let coded = "";
    let start = 0;
    for (
      const [size, extension, zeros] of [...parts, [Infinity, "", 0]] as const
    ) {
      const data = text.slice(start, start + size);
      if (data === "") break;
      const digits = "0".repeat(zeros) + data.length.toString(16);
      coded += `${digits}${extension}\r\n${data}\r\n`;
      start += size;
    }
    return `${coded}0${last}\r\n${fields}\r\n`;
  });
}

/** Any valid request. */
export const anyHttpRequest: fc.Arbitrary<SentRequest> = fc.record({
  method,
  target,
  version: fc.constantFrom("1.0" as const, "1.1" as const),
  headers: fc.array(fc.tuple(header, blank, blank), { maxLength: 8 }),
  place: fc.nat(8),
  host: fc.constantFrom("a", "a:80", "[::1]", ""),
  body,
  framing: fc.constantFrom("none", "length", "chunked"),
  emptyLines: fc.constantFrom(0, 0, 0, 1, 2),
}).chain(({ framing, ...parts }) => {
  const isChunked = framing === "chunked" && parts.version === "1.1";
  const sent = framing === "none" ? "" : parts.body;
  const coded = isChunked ? chunked(sent) : fc.constant(sent);
  return coded.map((bytes) => {
    const { version, place } = parts;
    const fields = parts.headers.map(([[name, text], before, after]) => {
      return { name, text, line: `${name}:${before}${text}${after}\r\n` };
    });
    const add = (name: string, text: string): void => {
      const line = `${name}: ${text}\r\n`;
      fields.splice(place % (fields.length + 1), 0, { name, text, line });
    };
    add("Host", parts.host);
    if (isChunked) add("Transfer-Encoding", "chunked");
    else if (framing !== "none") add("content-length", `${sent.length}`);
    const start = `${parts.method} ${parts.target} HTTP/${version}\r\n`;
    const lines = fields.map(({ line }) => line).join("");
    return {
      text: `${"\r\n".repeat(parts.emptyLines)}${start}${lines}\r\n${bytes}`,
      method: parts.method,
      target: parts.target,
      version,
      headers: fields.flatMap(({ name, text }) => [name, text]),
      body: sent,
    };
  });
});

/** Several valid requests, one after the other. */
export const anyRequests: fc.Arbitrary<SentRequest[]> = fc.array(
  anyHttpRequest,
  { minLength: 1, maxLength: 4 },
);

/** Bytes that spoil a request. */
const scrap = fc.oneof(
  fc.constantFrom(
    ..."\r\n\t :;,0+-#\x00\x7f\xe9",
    ...["\r\n", "\r\n\r\n", " \r\n", "\r\n ", "0\r\n\r\n", "GET "],
    ...["Host: a\r\n", "Content-Length: 1\r\n", "Expect: x\r\n"],
    ...["Transfer-Encoding: chunked\r\n", "Transfer-Encoding: gzip\r\n"],
    ...["HTTP/1.1", "HTTP/2.0", "http://", "ffffffffffffffff", "chunked"],
  ),
  fc.uint8Array({ minLength: 1, maxLength: 3 }).map(fromBytes),
);

const changes = fc.array(fc.tuple(fc.nat(), fc.nat(2), scrap), {
  minLength: 1,
  maxLength: 2,
});
const spoiled = fc.tuple(anyRequests, changes).map(([requests, changes]) => {
  let text = requests.map((request) => request.text).join("");
  for (const [place, removed, added] of changes) {
    const at = place % (text.length + 1);
    text = text.slice(0, at) + added + text.slice(at + removed);
  }
  return text;
});

/** Requests with a few bytes removed or inserted, or bytes of any kind. */
export const anySpoiled: fc.Arbitrary<string> = fc.oneof(
  { weight: 9, arbitrary: spoiled },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }).map(fromBytes) },
);

/** Places at which bytes are cut, as parts of their length. */
export const anyCuts: fc.Arbitrary<number[]> = fc.array(
  fc.double({ min: 0, max: 1, noNaN: true }),
  { maxLength: 6 },
);

/** Cuts bytes at places that are given as parts of their length. */
export function cut(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = cuts.map((place) => Math.floor(place * bytes.length));
  const ends = [...places.toSorted((a, b) => a - b), bytes.length];
  let start = 0;
  return ends.map((end) => {
    const piece = bytes.subarray(start, end);
    start = end;
    return piece;
  });
}
