import { assert, assertEquals } from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import { isThenable } from "../../wsgi/describe.ts";
import { Gate } from "../../gateway/gate.ts";
import { createHead } from "../../gateway/response_head.ts";
import { ResponseWriter } from "../../gateway/response_writer.ts";
import {
  RecordingTransport,
  RespondingTransport,
  turn,
} from "./recording_transport.ts";

// run_application_lanes_test.ts has heads, lengths and bodies.
Deno.test("ResponseWriter.sendWhole() sends nothing without a head, and counts the bytes", () => {
  const transport = new RespondingTransport();
  const writer = new ResponseWriter(transport, "GET");
  writer.sendHead();
  writer.sendWhole(toBytes("a"));
  assertEquals(transport.events.list, []);
  const { isBodiless, isFull, isShort } = writer;
  assertEquals([isBodiless, isFull, isShort], [false, false, false]);
  writer.head = createHead("200 OK", []);
  writer.sendWhole(toBytes("abc"));
  assertEquals([writer.headSent, writer.sent], [true, 3]);
});

Deno.test("ResponseWriter.ready is the promise of the transport, and causes no unhandled rejection", async () => {
  const transport = new RecordingTransport();
  const writer = new ResponseWriter(transport, "GET");
  writer.head = createHead("200 OK", []);
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

Deno.test("ResponseWriter.wait() waits for a gate only while it is closed", () => {
  const gate = new Gate();
  const transport = new RecordingTransport();
  transport.write = () => gate;
  const writer = new ResponseWriter(transport, "GET");
  writer.head = createHead("200 OK", []);
  writer.send(toBytes("a"));
  let calls = 0;
  const wait = (): boolean => writer.wait(() => void calls++, () => {});
  assertEquals([wait(), calls], [false, 0]);
  gate.close();
  assertEquals([wait(), calls], [true, 0]);
  gate.open();
  assertEquals(calls, 1);
});
