import { assert, assertEquals } from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import { isThenable } from "../../wsgi/describe.ts";
import { Gate } from "../../gateway/gate.ts";
import { createHead } from "../../gateway/response_head.ts";
import { ResponseWriter } from "../../gateway/response_writer.ts";
import type { Transport } from "../../gateway/transport.ts";
import {
  RecordingTransport,
  RespondingTransport,
  turn,
} from "./recording_transport.ts";

/** A writer with a head, and its transport, by default one with respond(). */
function writing<T extends Transport = RespondingTransport>(
  status = "200 OK",
  length?: number,
  method = "GET",
  transport = new RespondingTransport() as Transport as T,
): { writer: ResponseWriter; transport: T } {
  const writer = new ResponseWriter(transport, method);
  const headers = length === undefined ? [] : [["Content-Length", `${length}`]];
  writer.head = createHead(status, headers);
  return { writer, transport };
}

/** Whether the length has been reached, and whether bytes are missing. */
function stateOf({ isFull, isShort }: ResponseWriter): [boolean, boolean] {
  return [isFull, isShort];
}

Deno.test("ResponseWriter sends nothing without a head", () => {
  const transport = new RecordingTransport();
  const writer = new ResponseWriter(transport, "GET");
  writer.sendHead();
  writer.sendWhole(toBytes("a"));
  assertEquals(transport.events.list, []);
  assertEquals([writer.isBodiless, ...stateOf(writer)], [false, false, false]);
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
  assertEquals([...stateOf(writer), writer.sent], [false, false, 0]);
  writer.end();
  assertEquals(transport.body, "");
  assertEquals(transport.events.count("end"), 1);
  writer.head = createHead(method === "GET" ? "200 OK" : "405 No", []);
  assertEquals(writer.isBodiless, method === "HEAD");
});

// length-null-body, length-connect
Deno.test.each<[string, string, number | undefined, string | undefined]>([
  ["GET", "204 Empty", undefined, undefined],
  ["GET", "204 Empty", 0, undefined],
  ["GET", "204 Empty", 3, undefined],
  ["GET", "205 Reset", undefined, "0"],
  ["GET", "205 Reset", 3, "0"],
  ["GET", "304 Same", undefined, undefined],
  ["GET", "304 Same", 3, "3"],
  ["GET", "200 OK", 3, "3"],
  ["GET", "200 OK", undefined, "7"],
  ["CONNECT", "200 OK", 3, undefined],
  ["CONNECT", "200 OK", undefined, undefined],
  ["CONNECT", "405 No", undefined, "7"],
])(
  "ResponseWriter.announceLength() frames %s, %s and length %s as %s",
  (method, status, length, expected) => {
    const { writer, transport } = writing(status, length, method);
    writer.announceLength(7);
    writer.sendHead();
    writer.announceLength(9);
    writer.end();
    const headers = expected === undefined
      ? []
      : [["Content-Length", expected]];
    assertEquals([transport.headers, transport.responded], [headers, []]);
  },
);

Deno.test("ResponseWriter.announceLength() does not change a head that has been sent", () => {
  const { writer } = writing();
  writer.sendHead();
  writer.announceLength(7);
  assertEquals(writer.head?.contentLength, undefined);
});

Deno.test("ResponseWriter.sendWhole() announces the length of a body that HEAD leaves out", () => {
  const { writer, transport } = writing("500 Oops", undefined, "HEAD");
  writer.sendWhole(toBytes("abc"));
  assertEquals(transport.headers, [["Content-Length", "3"]]);
  assertEquals(transport.events.list, ["head 500", "end"]);
  const empty = writing("204 Empty", 3);
  empty.writer.sendWhole(new Uint8Array());
  assertEquals([empty.transport.headers, empty.transport.responded], [[], []]);
});

Deno.test("ResponseWriter.ready is the promise of the transport, and causes no unhandled rejection", async () => {
  const { writer, transport } = writing();
  assertEquals(writer.ready, undefined);
  writer.send(toBytes("a"));
  assertEquals(writer.ready, undefined);
  transport.isBusy = true;
  writer.send(toBytes("b"));
  assert(isThenable(writer.ready));
  transport.release();
  await writer.ready;
  writer.send(toBytes("c"));
  const reason = new Error("reset");
  transport.release(reason);
  await turn();
  const [result] = await Promise.allSettled([writer.ready]);
  assertEquals(result, { status: "rejected", reason });
});

const NOTHING = { sendHead: () => {}, end: () => {}, abort: () => {} };

Deno.test("ResponseWriter.wait() waits for a gate only while it is closed", () => {
  const gate = new Gate();
  const { writer } = writing<Transport>("200 OK", undefined, "GET", {
    ...NOTHING,
    write: () => gate,
  });
  writer.send(toBytes("a"));
  let calls = 0;
  const wait = (): boolean => writer.wait(() => void calls++, () => {});
  assertEquals([wait(), calls], [false, 0]);
  gate.close();
  assertEquals([wait(), calls], [true, 0]);
  gate.open();
  assertEquals(calls, 1);
});
