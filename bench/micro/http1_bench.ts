/**
 * Measures parsing request heads and encoding response heads.
 *
 * @module
 */

import { RequestParser } from "../../http1/request_parser.ts";
import {
  ResponseEncoder,
  type ResponseStart,
} from "../../http1/response_encoder.ts";

const encoder = new TextEncoder();

function browserHead(id: number): Uint8Array {
  return encoder.encode(
    `GET /articles/2026?page=${id} HTTP/1.1\r\n` +
      "Host: www.example.com\r\n" +
      "Connection: keep-alive\r\n" +
      'sec-ch-ua: "Chromium";v="140", "Not=A?Brand";v="24"\r\n' +
      "sec-ch-ua-mobile: ?0\r\n" +
      'sec-ch-ua-platform: "Linux"\r\n' +
      "Upgrade-Insecure-Requests: 1\r\n" +
      "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36\r\n" +
      "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n" +
      "Sec-Fetch-Site: same-origin\r\n" +
      `Referer: https://www.example.com/articles/2026?page=${id - 1}\r\n` +
      "Accept-Encoding: gzip, deflate, br, zstd\r\n" +
      "Accept-Language: en-GB,en;q=0.9,de;q=0.8\r\n" +
      `Cookie: session=8f14e45fceea167a5a36dedd4bea2543; seen=${id}\r\n\r\n`,
  );
}

const small = encoder.encode("GET / HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n\r\n");
const browser = browserHead(1_000);
const varied = Array.from({ length: 100 }, (_, id) => browserHead(1_000 + id));

function parse(parser: RequestParser, bytes: Uint8Array): void {
  parser.receive(bytes, bytes.length);
  parser.next();
  parser.next();
}

const smallParser = new RequestParser();
Deno.bench("RequestParser: one header", { group: "parse" }, () => {
  parse(smallParser, small);
});

const browserParser = new RequestParser();
Deno.bench("RequestParser: 13 headers, the same", { group: "parse" }, () => {
  parse(browserParser, browser);
});

const variedParser = new RequestParser();
let turn = 0;
Deno.bench(
  "RequestParser: 13 headers, two and the query differ",
  { group: "parse" },
  () => {
    turn = (turn + 1) % varied.length;
    parse(variedParser, varied[turn] ?? browser);
  },
);

Deno.bench(
  "RequestParser: 13 headers, a new connection",
  { group: "parse" },
  () => {
    parse(new RequestParser(), browser);
  },
);

const halfParser = new RequestParser();
const half = browser.length >> 1;
const firstHalf = browser.slice(0, half);
const secondHalf = browser.slice(half);
Deno.bench("RequestParser: 13 headers, cut in two", { group: "parse" }, () => {
  halfParser.receive(firstHalf, firstHalf.length);
  halfParser.next();
  parse(halfParser, secondHalf);
});

function startOf(length: number): ResponseStart {
  return {
    status: "200 OK",
    code: 200,
    headers: [
      ["Content-Type", "text/plain; charset=utf-8"],
      ["Content-Length", `${length}`],
    ],
    contentLength: length,
  };
}

const context = { method: "GET", version: "1.1", keepsAlive: true } as const;
const starts = Array.from({ length: 100 }, (_, length) => startOf(length));
const same = startOf(13);
const now = Date.UTC(2026, 10, 28);

const sameEncoder = new ResponseEncoder();
Deno.bench("ResponseEncoder: the same head", { group: "encode" }, () => {
  sameEncoder.encode(same, context, now);
});

const variedEncoder = new ResponseEncoder();
Deno.bench("ResponseEncoder: heads that differ", { group: "encode" }, () => {
  turn = (turn + 1) % starts.length;
  variedEncoder.encode(starts[turn] ?? same, context, now);
});
