import { assert, assertEquals } from "@std/assert";
import { createHead } from "../../gateway/response_head.ts";
import { ResponseWriter } from "../../gateway/response_writer.ts";
import type { Transport } from "../../gateway/transport.ts";
import { isContentLength } from "../../wsgi/http_syntax.ts";

function emptyFile(): ReadableStream<Uint8Array> {
  return ReadableStream.from([]);
}

/** A writer over a transport that sends files, and what the files came with. */
function writing(method = "GET"): {
  writer: ResponseWriter;
  lengths: (number | undefined)[];
} {
  const lengths: (number | undefined)[] = [];
  const transport: Transport = {
    sendHead: () => {},
    write: () => {},
    end: () => {},
    abort: () => {},
    sendFile: ({ contentLength }) => {
      lengths.push(contentLength);
      return Promise.resolve();
    },
  };
  return { writer: new ResponseWriter(transport, method), lengths };
}

Deno.test("ResponseWriter.sendFile() sends a file of a known length", async () => {
  const { writer, lengths } = writing();
  writer.head = createHead("200 OK", []);
  const sending = writer.sendFile(5, emptyFile);
  assert(sending !== undefined);
  assertEquals(lengths, [5]);
  assertEquals(writer.head.contentLength, 5);
  assertEquals([writer.headSent, writer.sent], [true, 5]);
  assertEquals([writer.isFull, writer.isShort], [true, false]);
  await sending;
});

Deno.test("ResponseWriter.sendFile() sends as much as Content-Length says", async () => {
  const { writer, lengths } = writing();
  writer.head = createHead("200 OK", [["Content-Length", "3"]]);
  await writer.sendFile(5, emptyFile);
  assertEquals(lengths, [3]);
  assertEquals(writer.sent, 3);
});

Deno.test("ResponseWriter.sendFile() sends no file that is too short", () => {
  const { writer, lengths } = writing();
  writer.head = createHead("200 OK", [["Content-Length", "6"]]);
  assertEquals(writer.sendFile(5, emptyFile), undefined);
  assertEquals(lengths, []);
});

Deno.test("ResponseWriter.sendFile() sends no file without a head, after it, or where there is no body", () => {
  const headless = writing();
  assertEquals(headless.writer.sendFile(5, emptyFile), undefined);
  const late = writing();
  late.writer.head = createHead("200 OK", []);
  late.writer.sendHead();
  assertEquals(late.writer.sendFile(5, emptyFile), undefined);
  const bodiless = writing("HEAD");
  bodiless.writer.head = createHead("200 OK", []);
  assertEquals(bodiless.writer.sendFile(5, emptyFile), undefined);
  for (const { lengths } of [headless, late, bodiless]) {
    assertEquals(lengths, []);
  }
});

Deno.test("isContentLength() knows the name in any case, and no other as long", () => {
  assert(isContentLength("content-LENGTH"));
  assert(!isContentLength("Accept-Charset"));
  assert(!isContentLength("Content-Length2"));
});
