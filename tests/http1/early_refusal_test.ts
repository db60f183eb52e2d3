import { assert, assertEquals } from "@std/assert";
import { MAX_EXTENSION_SIZE } from "../../http1/chunked_decoder.ts";
import { MAX_REQUEST_LINE_SIZE } from "../../http1/request_line.ts";
import { toBytes } from "../../wsgi/byte_string.ts";
import { parseAll, refusedAfter } from "./parse_all.ts";

const START = "GET / HTTP/1.1\r\nHost: a\r\n";
const CHUNKED = `${START}Transfer-Encoding: chunked\r\n\r\n`;
const LINE = "GET / HTTP/1.1\r\n";

/** The texts end with the byte that makes the fault certain. */
Deno.test.each<[string, string]>([
  ["a third empty line", "\r\n\r\n\r\n"],
  ["a bare LF", "\n"],
  ["a bare CR", "\rG"],
  ["a control character in a method", "G\x00"],
  ["a malformed request line", "GET /\r\n"],
  ["another major version", "GET / HTTP/2.0\r\n"],
  ["a malformed target", "GET a HTTP/1.1\r\n"],
  ["an endless request line", `GET /${"a".repeat(MAX_REQUEST_LINE_SIZE - 4)}`],
  ["TLS", "\x16"],
  ["a control character in a value", `${LINE}X: \x00`],
  ["a line without a colon", `${LINE}X\r\n`],
  ["a folded line", `${START}X: y\r\n z\r\n`],
  ["a second Host", `${START}Host: a\r\n`],
  ["a malformed Host", `${LINE}Host: u@a\r\n`],
  ["a malformed Content-Length", `${START}Content-Length: +1\r\n`],
  ["line 201", `${START}${"X: y\r\n".repeat(200)}`],
  ["a byte too many", `${START}X: ${"y".repeat(16_384 - START.length - 6)}`],
  ["a missing Host", `${LINE}\r\n`],
  ["a malformed chunk size", `${CHUNKED}x\r\n`],
  ["data after a chunk", `${CHUNKED}1\r\nab`],
  ["a control character in an extension", `${CHUNKED}1;\x00`],
  ["an extension that does not end", `${CHUNKED}1${";".repeat(4_160)}`],
  ["a malformed trailer", `${CHUNKED}0\r\nX\r\n`],
])("RequestParser rejects %s immediately", (_, text) => {
  assertEquals(refusedAfter(`${text}X: y\r\n\r\n`), text.length);
});

/** A beginning, a part that is repeated, and the most bytes to be held. */
Deno.test.each<[string, string, string, number]>([
  ["a request line", "GET /", "a", MAX_REQUEST_LINE_SIZE + 1],
  ["a method", "", "a", MAX_REQUEST_LINE_SIZE + 1],
  ["a header", `${START}X:`, "y", 16_384],
  ["a header section", START, "X: y\r\n", 16_384],
  ["a chunk size", CHUNKED, "0", 64 + MAX_EXTENSION_SIZE + 1],
  ["a chunk extension", `${CHUNKED}1`, ";a", 64 + MAX_EXTENSION_SIZE + 1],
  ["a trailer", `${CHUNKED}0\r\nX:`, "y", 16_384],
  ["a trailer section", `${CHUNKED}0\r\n`, "X: y\r\n", 16_384],
])(
  "RequestParser rejects %s without an end, and keeps a limited part",
  (...row) => {
    const [, start, part, limit] = row;
    const more = Array<Uint8Array>(1_000).fill(toBytes(part.repeat(100)));
    const { status, held } = parseAll([toBytes(start), ...more]);
    assert(status !== undefined);
    assert(held <= limit, `${held} bytes`);
  },
);
