import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import { isThenable } from "../../wsgi/describe.ts";
import { Gate } from "../../gateway/gate.ts";
import { createHead } from "../../gateway/response_head.ts";
import { ResponseWriter } from "../../gateway/response_writer.ts";
import {
  RecordingTransport,
  RespondingTransport,
} from "./recording_transport.ts";

interface Writing {
  writer: ResponseWriter;
  transport: RespondingTransport;
}

/** A writer with a head, over a transport that has respond(). */
function writing(status = "200 OK", length?: number, method = "GET"): Writing {
  const transport = new RespondingTransport();
  const writer = new ResponseWriter(transport, method);
  const headers = length === undefined ? [] : [["Content-Length", `${length}`]];
  writer.head = createHead(status, headers);
  return { writer, transport };
}

Deno.test("ResponseWriter sends the head once, before the first chunk", () => {
  const { writer, transport: { events, faults } } = writing();
  assertEquals(writer.headSent, false);
  assert(writer.send(toBytes("a")));
  assert(writer.send(toBytes("b")));
  writer.end();
  assertEquals([writer.headSent, writer.sent], [true, 2]);
  assertEquals(events.list, ["head 200", "write a", "write b", "end"]);
  assertEquals(faults, []);
});

Deno.test("ResponseWriter.sendHead() sends nothing while there is no head", () => {
  const transport = new RecordingTransport();
  const writer = new ResponseWriter(transport, "GET");
  writer.sendHead();
  writer.sendWhole(toBytes("a"));
  assertEquals(transport.events.list, []);
  const { isBodiless, isFull, isShort } = writer;
  assertEquals([isBodiless, isFull, isShort], [false, false, false]);
});

// length-truncated
Deno.test("ResponseWriter.send() cuts a chunk at Content-Length and drops the next", () => {
  const { writer, transport } = writing("200 OK", 3);
  const chunk = toBytes("cd");
  assertEquals(writer.send(toBytes("ab")), true);
  assertEquals([writer.isFull, writer.isShort], [false, true]);
  assertEquals(writer.send(chunk), false);
  assertEquals([writer.isFull, writer.isShort], [true, false]);
  assertEquals(writer.send(toBytes("e")), false);
  assertEquals(transport.events.list, ["head 200", "write ab", "write c"]);
  assertEquals(chunk, toBytes("cd"));
  assertEquals(writer.sent, 3);
});

Deno.test("ResponseWriter is full at length 0 as soon as the head has left", () => {
  const { writer } = writing("200 OK", 0);
  assertEquals([writer.isFull, writer.isShort], [false, false]);
  writer.sendHead();
  assertEquals([writer.isFull, writer.isShort], [true, false]);
});

// head-no-content
Deno.test.each([
  ["HEAD", "200 OK"],
  ["GET", "204 Empty"],
  ["GET", "205 Reset"],
  ["GET", "304 Same"],
  ["CONNECT", "200 OK"],
  ["CONNECT", "299 Odd"],
])("ResponseWriter sends no body for %s and %s", (method, status) => {
  const { writer, transport } = writing(status, 3, method);
  assertEquals(writer.isBodiless, true);
  assertEquals(writer.send(toBytes("too long")), true);
  assertEquals([writer.isFull, writer.isShort], [false, false]);
  assertEquals(writer.sent, 0);
  writer.end();
  assertEquals(transport.body, "");
  assertEquals(transport.events.count("end"), 1);
});

Deno.test("ResponseWriter.isBodiless follows the head when it is replaced", () => {
  const { writer } = writing("204 Empty");
  assertEquals(writer.isBodiless, true);
  writer.head = createHead("200 OK", []);
  assertEquals(writer.isBodiless, false);
});

// length-null-body
Deno.test.each([
  ["204 Empty", undefined, []],
  ["204 Empty", 0, []],
  ["204 Empty", 3, []],
  ["205 Reset", undefined, [["Content-Length", "0"]]],
  ["205 Reset", 3, [["Content-Length", "0"]]],
  ["304 Same", undefined, []],
  ["304 Same", 3, [["Content-Length", "3"]]],
])(
  "ResponseWriter frames %s with length %s as %j",
  (status, length, headers) => {
    const { writer, transport } = writing(status, length);
    writer.announceLength(7);
    writer.sendWhole(new Uint8Array());
    assertEquals(transport.headers, headers);
    assertEquals(transport.responded, 0);
  },
);

// length-connect
Deno.test.each([
  ["200 OK", 3, []],
  ["200 OK", undefined, []],
  ["405 No", undefined, [["Content-Length", "7"]]],
])("ResponseWriter frames CONNECT with %s and length %s as %j", (...row) => {
  const [status, length, headers] = row;
  const { writer, transport } = writing(status, length, "CONNECT");
  writer.announceLength(7);
  writer.send(toBytes("7 bytes"));
  assertEquals(transport.headers, headers);
});

Deno.test("ResponseWriter.announceLength() leaves the length of the application and a sent head alone", () => {
  const given = writing("200 OK", 3);
  given.writer.announceLength(7);
  assertEquals(given.writer.head?.contentLength, 3);
  const late = writing();
  late.writer.sendHead();
  late.writer.announceLength(7);
  assertEquals(late.writer.head?.contentLength, undefined);
  const open = writing();
  open.writer.announceLength(7);
  open.writer.sendHead();
  assertEquals(open.transport.headers, [["Content-Length", "7"]]);
});

Deno.test("ResponseWriter.sendWhole() uses respond() where there is one", () => {
  const { writer, transport } = writing();
  writer.sendWhole(toBytes("abc"));
  assertEquals(transport.responded, 1);
  assertEquals([writer.headSent, writer.sent], [true, 3]);
  const plain = new RecordingTransport();
  const other = new ResponseWriter(plain, "GET");
  other.head = createHead("200 OK", []);
  other.sendWhole(toBytes("abc"));
  assertEquals(plain.headers, [["Content-Length", "3"]]);
  assertEquals(plain.events.list, transport.events.list);
});

Deno.test("ResponseWriter.sendWhole() says the length of a body that HEAD leaves out", () => {
  const { writer, transport } = writing("500 Oops", undefined, "HEAD");
  writer.sendWhole(toBytes("abc"));
  assertEquals(transport.headers, [["Content-Length", "3"]]);
  assertEquals(transport.events.list, ["head 500", "end"]);
});

Deno.test("ResponseWriter gives the promises of the transport", async () => {
  const { writer, transport } = writing();
  assertStrictEquals(writer.ready, undefined);
  writer.send(toBytes("a"));
  assertStrictEquals(writer.ready, undefined);
  transport.isBusy = true;
  writer.send(toBytes("b"));
  assert(isThenable(writer.ready));
  transport.release();
  await writer.ready;
});

Deno.test("ResponseWriter.ready rejects without an unhandled rejection when nobody waits", async () => {
  const { writer, transport } = writing();
  transport.isBusy = true;
  writer.send(toBytes("a"));
  const failure = new Error("reset");
  transport.release(failure);
  // Were it unhandled, the runner would fail the test at this turn's end.
  await new Promise((resolve) => setTimeout(resolve));
  const [result] = await Promise.allSettled([writer.ready]);
  assertEquals(result, { status: "rejected", reason: failure });
});

Deno.test("ResponseWriter.abort() hands the reason over", () => {
  const { writer, transport } = writing();
  const reason = new Error("broken");
  writer.abort(reason);
  assertEquals(transport.outcome, "aborted");
  assertStrictEquals(transport.reason, reason);
});

Deno.test("ResponseWriter.wait() waits for no gate that is open", () => {
  const gate = new Gate();
  const writer = new ResponseWriter({
    sendHead: () => {},
    write: () => gate,
    end: () => {},
    abort: () => {},
  }, "GET");
  writer.head = createHead("200 OK", []);
  writer.send(toBytes("a"));
  let calls = 0;
  const wait = (): boolean => writer.wait(() => void calls++, () => {});
  assertEquals(wait(), false);
  assertEquals(calls, 0);
  gate.close();
  assertEquals(wait(), true);
  assertEquals(calls, 0);
  gate.open();
  assertEquals(calls, 1);
});
