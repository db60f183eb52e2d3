// SPEC.md 5.17: the deadline of a request, and a forced shutdown.

import { assertEquals, assertStringIncludes } from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import { ServerStopped } from "../../gateway/cancellation.ts";
import { type AsyncChunks, hanging } from "./recording_body.ts";
import {
  answering,
  type LooseApplication,
  RespondingTransport,
  Run,
} from "./recording_transport.ts";

const never = new Promise<never>(() => {});

// server-deadline: the server gives up before the headers have left, and after.
Deno.test("runApplication() answers 503 when the server stops before the first byte", async () => {
  const transport = new RespondingTransport();
  const { events } = transport;
  const waiting = new Run(answering(() => hanging(events)), { transport });
  await events.seen("next");
  transport.cancellation.cancel(new ServerStopped());
  await waiting.finish();
  assertEquals(transport.status, "503 Service Unavailable");
  assertEquals(transport.body, "503 Service Unavailable\n");
  assertEquals(transport.outcome, "ended");
  assertEquals(events.list.slice(-2), ["return", "close"]);
  assertEquals(waiting.written.length, 1);
});

Deno.test("runApplication() breaks the response when the server stops after the first byte", async () => {
  const transport = new RespondingTransport();
  const { events } = transport;
  const body = async function* (): AsyncChunks {
    yield toBytes("a");
    events.add("waits");
    await never;
  };
  const waiting = new Run(answering(body), { transport });
  await events.seen("waits");
  transport.cancellation.cancel(new ServerStopped());
  await waiting.finish();
  assertEquals(transport.outcome, "aborted");
  assertEquals(transport.body, "a");
});

Deno.test("runApplication() answers 503 while an application or a close() still waits", async () => {
  const closed = Promise.withResolvers<void>();
  const apps: LooseApplication[] = [
    () => closed.promise.then(() => []),
    answering(() =>
      Object.assign([toBytes("a")], { close: () => closed.promise })
    ),
  ];
  const runs = apps.map((app) => new Run(app));
  for (const { transport } of runs) {
    transport.cancellation.cancel(new ServerStopped());
    assertEquals(transport.status, "503 Service Unavailable");
    assertEquals(transport.outcome, "ended");
  }
  closed.resolve();
  for (const waiting of runs) await waiting.finish();
});

// async-late-rejection
Deno.test("runApplication() survives what an application rejects with after the server has given up", async () => {
  const gate = Promise.withResolvers<never>();
  const waiting = new Run(() => gate.promise);
  waiting.transport.cancellation.cancel(new ServerStopped());
  gate.reject(new Error("too late"));
  await waiting.finish();
  assertEquals(waiting.transport.head?.code, 503);
  assertStringIncludes(waiting.written.join(""), "too late");
});

Deno.test("runApplication() answers 500 when a request is cancelled for another reason", async () => {
  const transport = new RespondingTransport();
  const waiting = new Run(answering(() => hanging(transport.events)), {
    transport,
  });
  transport.cancellation.cancel(new Error("some other end"));
  await waiting.finish();
  assertEquals(transport.head?.code, 500);
});
