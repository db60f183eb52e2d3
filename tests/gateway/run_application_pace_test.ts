// SPEC.md 5.11: the transport sets the pace at which a body is read.

import { assertEquals } from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import { bodyOf, endless, KINDS } from "./recording_body.ts";
import {
  answering,
  Events,
  RecordingTransport,
  Run,
  run,
} from "./recording_transport.ts";

// server-backpressure
Deno.test.each(KINDS.slice(1))(
  "runApplication() asks for a chunk only when the transport can take it: %s",
  async (kind) => {
    const transport = new RecordingTransport();
    const { events } = transport;
    transport.isBusy = true;
    const waiting = new Run(answering(() => bodyOf(kind, ["a", "b"], events)), {
      transport,
    });
    await events.seen("write a");
    // Had it been asked ahead, "next" would be there by now.
    await new Promise((resolve) => setTimeout(resolve));
    assertEquals(events.list, ["next", "head 200", "write a"]);
    transport.release();
    await events.seen("write b");
    assertEquals(events.list.slice(3), ["next", "write b"]);
    transport.release();
    await waiting.finish();
    assertEquals(events.list.slice(5), ["next", "end", "close"]);
  },
);

Deno.test("runApplication() sends a large array only as fast as the transport takes it", async () => {
  const transport = new RecordingTransport();
  transport.isBusy = true;
  const [a, b] = ["a".repeat(40_000), "b".repeat(40_000)];
  const app = answering(() => [toBytes(a), toBytes(b)]);
  const waiting = new Run(app, { transport });
  await transport.events.seen(`write ${a}`);
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(transport.body.length, 40_000);
  transport.release();
  await transport.events.seen(`write ${b}`);
  transport.release();
  await waiting.finish();
  assertEquals(transport.body, a + b);
  assertEquals(transport.head?.contentLength, 80_000);
});

// server-no-delay
Deno.test.each(KINDS.slice(1))(
  "runApplication() sends each chunk before it asks for the next: %s",
  async (kind) => {
    const events = new Events();
    const transport = new RecordingTransport(events);
    await run(answering(() => bodyOf(kind, ["a", "b"], events)), { transport });
    assertEquals(events.list, [
      "next",
      "head 200",
      "write a",
      "next",
      "write b",
      "next",
      "end",
      "close",
    ]);
  },
);

Deno.test("runApplication() stops an endless body when the transport fails", async () => {
  const transport = new RecordingTransport();
  const { events } = transport;
  transport.isBusy = true;
  const app = answering(() => bodyOf("generator", endless("a"), events));
  const failing = new Run(app, { transport });
  await events.seen("write a");
  transport.release(new Error("reset"));
  await failing.finish();
  assertEquals(events.list.slice(2), ["write a", "abort", "return", "close"]);
});
