import { assertEquals } from "@std/assert";
import {
  type BodyFraming,
  ResponseEncoder,
} from "../../http1/response_encoder.ts";
import { DATE, encodedLines, NOW, startOf } from "./encoded_lines.ts";

const CLOSE = "Connection: close";
const CHUNKED = "Transfer-Encoding: chunked";
const KEEP = "Connection: keep-alive";

/** Status, length, method, version and keepsAlive; framing, its lines, keepsAlive. */
type Row = [
  string,
  string | undefined,
  string | undefined,
  "1.0" | "1.1",
  boolean,
  BodyFraming,
  string[],
  boolean,
];

Deno.test.each<Row>([
  ["200 OK", "3", "GET", "1.1", true, "length", ["Content-Length: 3"], true],
  [
    "200 OK",
    "3",
    "GET",
    "1.1",
    false,
    "length",
    ["Content-Length: 3", CLOSE],
    false,
  ],
  [
    "200 OK",
    "3",
    "GET",
    "1.0",
    true,
    "length",
    ["Content-Length: 3", KEEP],
    true,
  ],
  [
    "200 OK",
    "3",
    "GET",
    "1.0",
    false,
    "length",
    ["Content-Length: 3", CLOSE],
    false,
  ],
  ["200 OK", "0", "GET", "1.1", true, "length", ["Content-Length: 0"], true],
  ["200 OK", undefined, "GET", "1.1", true, "chunked", [CHUNKED], true],
  [
    "200 OK",
    undefined,
    "GET",
    "1.1",
    false,
    "chunked",
    [CHUNKED, CLOSE],
    false,
  ],
  ["200 OK", undefined, "GET", "1.0", true, "close", [CLOSE], false],
  ["200 OK", undefined, "GET", "1.0", false, "close", [CLOSE], false],
  ["200 OK", "3", "HEAD", "1.1", true, "none", ["Content-Length: 3"], true],
  ["200 OK", undefined, "HEAD", "1.1", true, "none", [], true],
  ["200 OK", undefined, "HEAD", "1.0", true, "none", [KEEP], true],
  ["200 OK", undefined, "HEAD", "1.0", false, "none", [CLOSE], false],
  ["204 No Content", undefined, "GET", "1.1", true, "none", [], true],
  ["204 No Content", "0", "GET", "1.1", true, "none", [], true],
  ["204 No Content", "3", "HEAD", "1.0", false, "none", [CLOSE], false],
  ["304 Not Modified", undefined, "GET", "1.1", true, "none", [], true],
  [
    "304 Not Modified",
    "3",
    "GET",
    "1.1",
    true,
    "none",
    ["Content-Length: 3"],
    true,
  ],
  ["205 Reset Content", undefined, "GET", "1.1", true, "none", [
    "Content-Length: 0",
  ], true],
  [
    "205 Reset Content",
    "3",
    "GET",
    "1.1",
    true,
    "none",
    ["Content-Length: 0"],
    true,
  ],
  ["205 Reset Content", undefined, "GET", "1.0", true, "none", [
    "Content-Length: 0",
    KEEP,
  ], true],
  ["200 OK", undefined, "CONNECT", "1.1", true, "none", [CLOSE], false],
  ["200 OK", "3", "CONNECT", "1.1", true, "none", [CLOSE], false],
  ["205 OK", "3", "CONNECT", "1.1", true, "none", [CLOSE], false],
  ["299 OK", undefined, "CONNECT", "1.0", true, "none", [CLOSE], false],
  [
    "405 No",
    "3",
    "CONNECT",
    "1.1",
    true,
    "length",
    ["Content-Length: 3"],
    true,
  ],
  ["405 No", undefined, "CONNECT", "1.1", true, "chunked", [CHUNKED], true],
  ["400 Bad Request", "3", undefined, "1.1", false, "length", [
    "Content-Length: 3",
    CLOSE,
  ], false],
  ["200 OK", undefined, "connect", "1.1", true, "chunked", [CHUNKED], true],
  ["200 OK", undefined, "head", "1.1", true, "chunked", [CHUNKED], true],
])(
  "ResponseEncoder frames %j with the length %j for %s HTTP/%s, keepsAlive %j: %s %j",
  (status, length, method, version, keepsAlive, framing, lines, staysOpen) => {
    const start = length === undefined
      ? startOf(status)
      : startOf(status, ["Content-Length", length]);
    const context = { method, version, keepsAlive };
    assertEquals(
      encodedLines(start, context).filter((line) => line !== DATE),
      [`HTTP/1.1 ${status}`, ...lines],
    );
    const encoded = new ResponseEncoder().encode(start, context, NOW);
    assertEquals([encoded.framing, encoded.keepsAlive], [framing, staysOpen]);
  },
);
