import { assert, assertEquals } from "@std/assert";
import {
  CHUNK_END,
  encodeChunkSize,
  LAST_CHUNK,
  type ResponseContext,
  ResponseEncoder,
  type ResponseStart,
} from "../../http1/response_encoder.ts";
import { fromBytes } from "../../wsgi/byte_string.ts";
import type { HeaderTuple } from "../../wsgi/types.ts";

/** The time of every response, and its Date. */
const NOW = Date.UTC(2026, 10, 28, 12, 30, 15);
const DATE = "Date: Sat, 28 Nov 2026 12:30:15 GMT";

const GET: ResponseContext = {
  method: "GET",
  version: "1.1",
  keepsAlive: true,
};

/** Creates the beginning of a response. */
function startOf(status: string, ...headers: HeaderTuple[]): ResponseStart {
  const isLength = ([name]: HeaderTuple) => /^content-length$/i.test(name);
  const length = headers.find(isLength)?.[1];
  const contentLength = length === undefined ? undefined : Number(length);
  return { status, code: Number(status.slice(0, 3)), headers, contentLength };
}

/** Encodes the head of a response. */
function linesOf(
  start: ResponseStart,
  context: ResponseContext = GET,
): string[] {
  const { bytes } = new ResponseEncoder().encode(start, context, NOW);
  const text = fromBytes(bytes);
  assert(text.endsWith("\r\n\r\n"));
  return text.slice(0, -4).split("\r\n");
}

Deno.test("ResponseEncoder writes the reason phrase, and the headers in order and case", () => {
  const lines = ["x-B: 1", "Content-LENGTH: 5", "X-a: ", "x-B: 2"];
  const headers = lines.map((line) => line.split(": ") as [string, string]);
  const status = "299 Rather  Good";
  const expected = [`HTTP/1.1 ${status}`, ...lines, DATE];
  assertEquals(linesOf(startOf(status, ...headers)), expected);
});

Deno.test("ResponseEncoder writes each code unit as one byte", () => {
  const all = fromBytes(Uint8Array.from({ length: 0x80 }, (_, i) => 0x80 + i));
  const lines = linesOf(startOf(`200 ${all}`, ["X", `a${all}`]));
  assertEquals(lines.slice(0, 2), [`HTTP/1.1 200 ${all}`, `X: a${all}`]);
});

Deno.test("ResponseEncoder keeps a given Date, in any case", () => {
  for (const name of ["Date", "date", "DATE"]) {
    const lines = linesOf(startOf("200 OK", [name, "x"]));
    assertEquals(lines[1], `${name}: x`);
    assert(!lines.includes(DATE));
  }
});

Deno.test("ResponseEncoder formats Date once a second", () => {
  const encoder = new ResponseEncoder();
  const start = startOf("200 OK");
  const first = encoder.encode(start, GET, NOW);
  assert(encoder.encode(start, GET, NOW + 999) === first);
  const next = encoder.encode(start, GET, NOW + 1_000);
  assert(fromBytes(next.bytes).includes(DATE.replace(":15", ":16")));
  // The clock may be set back.
  assertEquals(encoder.encode(start, GET, NOW), first);
});

const SAME = startOf("200 OK", ["X", "y"]);

Deno.test.each<[string, ResponseStart, ResponseContext]>([
  ["another status", startOf("201 OK", ["X", "y"]), GET],
  ["another reason", startOf("200 Ok", ["X", "y"]), GET],
  ["another value", startOf("200 OK", ["X", "z"]), GET],
  ["another name", startOf("200 OK", ["x", "y"]), GET],
  ["one more header", startOf("200 OK", ["X", "y"], ["X", "y"]), GET],
  ["one header fewer", startOf("200 OK"), GET],
  ["HEAD", SAME, { ...GET, method: "HEAD" }],
  ["CONNECT", SAME, { ...GET, method: "CONNECT" }],
  ["HTTP/1.0", SAME, { ...GET, version: "1.0" }],
  ["a last response", SAME, { ...GET, keepsAlive: false }],
])(
  "ResponseEncoder shares the bytes of equal responses, but not for %s",
  (_, start, context) => {
    const encoder = new ResponseEncoder();
    const first = encoder.encode(startOf("200 OK", ["X", "y"]), GET, NOW);
    const post = { ...GET, method: "POST" };
    assert(encoder.encode(SAME, post, NOW) === first);
    const second = encoder.encode(start, context, NOW);
    assert(second !== first);
    assertEquals(second, new ResponseEncoder().encode(start, context, NOW));
  },
);

Deno.test("encodeChunkSize(), CHUNK_END and LAST_CHUNK frame a body", () => {
  const sizes = [1, 255, 16_384].map(encodeChunkSize);
  assertEquals(sizes.map(fromBytes), ["1\r\n", "ff\r\n", "4000\r\n"]);
  const ends = [CHUNK_END, LAST_CHUNK];
  assertEquals(ends.map(fromBytes), ["\r\n", "0\r\n\r\n"]);
});

/** The lines by their names in the table. */
const LINES: Record<string, string> = {
  close: "Connection: close",
  keep: "Connection: keep-alive",
  chunked: "Transfer-Encoding: chunked",
  0: "Content-Length: 0",
  3: "Content-Length: 3",
};

/**
 * Status, length (or `-`), method (or `-`), version, the wish of the client;
 * framing, lines (or `-`), the decision of the server.
 */
const TABLE = `
  200 OK             3  GET      1.1  stay   length   3              stay
  200 OK             3  GET      1.1  leave  length   3,close        leave
  200 OK             3  GET      1.0  stay   length   3,keep         stay
  200 OK             3  GET      1.0  leave  length   3,close        leave
  200 OK             0  GET      1.1  stay   length   0              stay
  200 OK             -  GET      1.1  stay   chunked  chunked        stay
  200 OK             -  GET      1.1  leave  chunked  chunked,close  leave
  200 OK             -  GET      1.0  stay   close    close          leave
  200 OK             -  GET      1.0  leave  close    close          leave
  200 OK             3  HEAD     1.1  stay   none     3              stay
  200 OK             -  HEAD     1.1  stay   none     -              stay
  200 OK             -  HEAD     1.0  stay   none     keep           stay
  200 OK             -  HEAD     1.0  leave  none     close          leave
  204 No Content     -  GET      1.1  stay   none     -              stay
  204 No Content     0  GET      1.1  stay   none     -              stay
  204 No Content     3  HEAD     1.0  leave  none     close          leave
  304 Not Modified   -  GET      1.1  stay   none     -              stay
  304 Not Modified   3  GET      1.1  stay   none     3              stay
  205 Reset Content  -  GET      1.1  stay   none     0              stay
  205 Reset Content  3  GET      1.1  stay   none     0              stay
  205 Reset Content  -  GET      1.0  stay   none     0,keep         stay
  200 OK             -  CONNECT  1.1  stay   none     close          leave
  200 OK             3  CONNECT  1.1  stay   none     close          leave
  205 OK             3  CONNECT  1.1  stay   none     close          leave
  299 OK             -  CONNECT  1.0  stay   none     close          leave
  405 No             3  CONNECT  1.1  stay   length   3              stay
  405 No             -  CONNECT  1.1  stay   chunked  chunked        stay
  400 Bad Request    3  -        1.1  leave  length   3,close        leave
  200 OK             -  connect  1.1  stay   chunked  chunked        stay
  200 OK             -  head     1.1  stay   chunked  chunked        stay`;

Deno.test.each(
  TABLE.trim().split("\n").map((line) => line.trim().split(/ {2,}/)),
)(
  "ResponseEncoder frames %s with the length %s for %s HTTP/%s, to %s: %s %s, to %s",
  (...row) => {
    const [status, length, method, version, wish, framing, lines, outcome] =
      row;
    const start = length === "-"
      ? startOf(status!)
      : startOf(status!, ["Content-Length", length!]);
    const context = {
      method: method === "-" ? undefined : method,
      version: version as "1.0" | "1.1",
      keepsAlive: wish === "stay",
    };
    const names = lines === "-" ? [] : lines!.split(",");
    const expected = [
      `HTTP/1.1 ${status}`,
      ...names.map((name) => LINES[name]),
    ];
    const got = linesOf(start, context).filter((line) => line !== DATE);
    assertEquals(got, expected);
    const encoded = new ResponseEncoder().encode(start, context, NOW);
    assertEquals(
      [encoded.framing, encoded.keepsAlive],
      [framing, outcome === "stay"],
    );
  },
);
