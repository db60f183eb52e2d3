import {
  assertEquals,
  assertNotStrictEquals,
  assertStrictEquals,
} from "@std/assert";
import {
  CHUNK_END,
  encodeChunkSize,
  LAST_CHUNK,
  type ResponseContext,
  ResponseEncoder,
  type ResponseStart,
} from "../../http1/response_encoder.ts";
import { fromBytes } from "../../wsgi/byte_string.ts";
import { DATE, encodedLines, NOW, startOf } from "./encoded_lines.ts";

const GET: ResponseContext = {
  method: "GET",
  version: "1.1",
  keepsAlive: true,
};

function linesOf(start: ResponseStart): string[] {
  return encodedLines(start, GET);
}

Deno.test("ResponseEncoder writes the reason phrase, and the headers in order and case", () => {
  const lines = linesOf(startOf(
    "299 Rather  Good",
    ["x-B", "1"],
    ["Content-LENGTH", "5"],
    ["X-a", ""],
    ["x-B", "2"],
  ));
  assertEquals(lines, [
    "HTTP/1.1 299 Rather  Good",
    "x-B: 1",
    "Content-LENGTH: 5",
    "X-a: ",
    "x-B: 2",
    DATE,
  ]);
});

Deno.test("ResponseEncoder writes each code unit as one byte", () => {
  const all = fromBytes(Uint8Array.from({ length: 0x80 }, (_, i) => 0x80 + i));
  const lines = linesOf(startOf(`200 ${all}`, ["X", `a${all}`]));
  assertEquals(lines.slice(0, 2), [`HTTP/1.1 200 ${all}`, `X: a${all}`]);
});

Deno.test.each(["Date", "date", "DATE"])(
  "ResponseEncoder leaves a %s that was given",
  (name) => {
    const lines = linesOf(
      startOf("200 OK", [name, "x"], ["Content-Length", "0"]),
    );
    assertEquals(lines.slice(1), [`${name}: x`, "Content-Length: 0"]);
  },
);

Deno.test("ResponseEncoder makes Date once a second", () => {
  const encoder = new ResponseEncoder();
  const start = startOf("200 OK");
  const first = encoder.encode(start, GET, NOW);
  assertStrictEquals(encoder.encode(start, GET, NOW + 999), first);
  const next = encoder.encode(start, GET, NOW + 1_000);
  assertEquals(
    fromBytes(next.bytes).includes("Date: Sat, 28 Nov 2026 12:30:16 GMT\r\n"),
    true,
  );
  // The clock may be set back.
  assertEquals(encoder.encode(start, GET, NOW), first);
});

Deno.test("ResponseEncoder shares the bytes of responses that are the same", () => {
  const encoder = new ResponseEncoder();
  const first = encoder.encode(startOf("200 OK", ["X", "y"]), GET, NOW);
  const context = { ...GET, method: "POST" };
  const second = encoder.encode(startOf("200 OK", ["X", "y"]), context, NOW);
  assertStrictEquals(second, first);
});

Deno.test.each<[string, ResponseStart, ResponseContext]>([
  ["another status", startOf("201 OK", ["X", "y"]), GET],
  ["another reason", startOf("200 Ok", ["X", "y"]), GET],
  ["another value", startOf("200 OK", ["X", "z"]), GET],
  ["another name", startOf("200 OK", ["x", "y"]), GET],
  ["a header more", startOf("200 OK", ["X", "y"], ["X", "y"]), GET],
  ["a header less", startOf("200 OK"), GET],
  ["HEAD", startOf("200 OK", ["X", "y"]), { ...GET, method: "HEAD" }],
  ["CONNECT", startOf("200 OK", ["X", "y"]), { ...GET, method: "CONNECT" }],
  ["HTTP/1.0", startOf("200 OK", ["X", "y"]), { ...GET, version: "1.0" }],
  ["a last response", startOf("200 OK", ["X", "y"]), {
    ...GET,
    keepsAlive: false,
  }],
])("ResponseEncoder encodes anew: %s", (_, start, context) => {
  const encoder = new ResponseEncoder();
  const first = encoder.encode(startOf("200 OK", ["X", "y"]), GET, NOW);
  const second = encoder.encode(start, context, NOW);
  assertNotStrictEquals(second, first);
  assertEquals(second, new ResponseEncoder().encode(start, context, NOW));
});

Deno.test.each<[number, string]>([
  [1, "1\r\n"],
  [255, "ff\r\n"],
  [16_384, "4000\r\n"],
])("encodeChunkSize(%i) is %j", (size, expected) => {
  assertEquals(fromBytes(encodeChunkSize(size)), expected);
});

Deno.test("CHUNK_END and LAST_CHUNK end a chunk and a body", () => {
  assertEquals(fromBytes(CHUNK_END), "\r\n");
  assertEquals(fromBytes(LAST_CHUNK), "0\r\n\r\n");
});
