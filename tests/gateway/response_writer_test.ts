import { assert, assertEquals } from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import { isThenable } from "../../wsgi/describe.ts";
import { createHead } from "../../gateway/response_head.ts";
import { ResponseWriter } from "../../gateway/response_writer.ts";
import { RecordingTransport, turn } from "./recording_transport.ts";

// run_application_lanes_test.ts has heads, lengths and bodies.
Deno.test("ResponseWriter sends nothing without a head", () => {
  const transport = new RecordingTransport();
  const writer = new ResponseWriter(transport, "GET");
  writer.sendHead();
  writer.sendWhole(toBytes("a"));
  assertEquals(transport.events.list, []);
  const { isBodiless, isFull, isShort } = writer;
  assertEquals([isBodiless, isFull, isShort], [false, false, false]);
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
