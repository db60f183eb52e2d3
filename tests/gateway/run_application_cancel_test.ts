// SPEC.md 5.16: the client leaves, and the server ends a request early.

import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import { ClientDisconnected } from "../../gateway/cancellation.ts";
import { RequestBodyError } from "../../gateway/input/request_body_error.ts";
import type { StartResponse } from "../../wsgi/types.ts";
import {
  type AsyncChunks,
  bodyOf,
  endless,
  hanging,
  KINDS,
} from "./recording_body.ts";
import {
  answering,
  RecordingTransport,
  RespondingTransport,
  Run,
  run,
} from "./recording_transport.ts";

const PLAIN = [["Content-Type", "text/plain"]] as const;
const never = new Promise<never>(() => {});

// gone-stops, close-pending-next
Deno.test("runApplication() closes a body whose next() never settles when the client leaves", async () => {
  const transport = new RespondingTransport();
  const { events } = transport;
  const waiting = new Run(answering(() => hanging(events)), { transport });
  await events.seen("next");
  transport.cancellation.cancel(new ClientDisconnected());
  assertEquals(events.list, ["next", "return", "close"]);
  await waiting.finish();
  // gone-no-error: no answer and no log.
  assertEquals(events.list, ["next", "return", "close"]);
  assertEquals(waiting.written, []);
});

Deno.test("runApplication() closes an async generator that waits for ever", async () => {
  const transport = new RespondingTransport();
  const { events } = transport;
  const body = async function* (): AsyncChunks {
    yield toBytes("a");
    events.add("waits");
    await never;
  };
  const close = (): void => events.add("close");
  const app = answering(() => Object.assign(body(), { close }));
  const waiting = new Run(app, { transport });
  await events.seen("waits");
  transport.cancellation.cancel(new ClientDisconnected());
  await waiting.finish();
  assertEquals(events.list, ["head 200", "write a", "waits", "close"]);
  assertEquals(transport.outcome, "open");
});

Deno.test.each(KINDS.slice(1))(
  "runApplication() asks for nothing more when the client leaves: %s",
  async (kind) => {
    const transport = new RecordingTransport();
    const { events } = transport;
    transport.isBusy = true;
    const app = answering(() => bodyOf(kind, endless("a"), events));
    const waiting = new Run(app, { transport });
    await events.seen("write a");
    const reason = new ClientDisconnected();
    transport.cancellation.cancel(reason);
    transport.release(reason);
    await waiting.finish();
    assertEquals(events.list, [
      "next",
      "head 200",
      "write a",
      "return",
      "close",
    ]);
    assertEquals(waiting.written, []);
  },
);

// close-late-return
Deno.test.each(KINDS)(
  "runApplication() closes a body unread that comes after the client left: %s",
  async (kind) => {
    const transport = new RespondingTransport();
    const { events } = transport;
    const gate = Promise.withResolvers<void>();
    const waiting = new Run(async (_environ, startResponse) => {
      startResponse("200 OK", PLAIN);
      await gate.promise;
      return bodyOf(kind, ["a"], events);
    }, { transport });
    transport.cancellation.cancel(new ClientDisconnected());
    gate.resolve();
    await waiting.finish();
    // A generator that was never begun has nothing to do at return().
    const returned = kind.endsWith("iterator") ? ["return"] : [];
    assertEquals(events.list, [...returned, "close"]);
    assertEquals(waiting.written, []);
  },
);

Deno.test("runApplication() cancels a stream that comes after the client left", async () => {
  const transport = new RespondingTransport();
  const gate = Promise.withResolvers<void>();
  let cancelled = 0;
  const waiting = new Run(async () => {
    await gate.promise;
    return new ReadableStream({ cancel: () => void cancelled++ });
  }, { transport });
  transport.cancellation.cancel(new ClientDisconnected());
  gate.resolve();
  await waiting.finish();
  assertEquals(cancelled, 1);
});

Deno.test("runApplication() closes a body when the client left before the call", async () => {
  const transport = new RecordingTransport();
  const { events } = transport;
  transport.cancellation.cancel(new ClientDisconnected());
  await run(answering(() => bodyOf("async iterator", ["a"], events)), {
    transport,
  });
  assertEquals(events.list, ["return", "close"]);
});

// gone-no-error: what an application throws because it was told to stop.
Deno.test("runApplication() logs only real errors of an application whose client has left", async () => {
  const stop = new AbortController();
  stop.abort();
  const cases: [unknown, number][] = [
    [new ClientDisconnected(), 0],
    [stop.signal.reason, 0],
    [new RequestBodyError("The client has cut the body short", 400), 0],
    [new TypeError("a bug"), 1],
  ];
  for (const [error, logged] of cases) {
    const transport = new RespondingTransport();
    const { written } = await run(async () => {
      await Promise.resolve();
      transport.cancellation.cancel(new ClientDisconnected());
      throw error;
    }, { transport });
    assertEquals(written.length, logged);
    assertEquals(transport.events.list, []);
  }
});

Deno.test("runApplication() judges no body that comes after the client left", async () => {
  const transport = new RespondingTransport();
  const { written } = await run(async () => {
    await Promise.resolve();
    transport.cancellation.cancel(new ClientDisconnected());
    // startResponse was never called; who would miss it?
    return ["text"];
  }, { transport });
  assertEquals(written, []);
});

Deno.test("runApplication() does not log what a stopped body throws", async () => {
  const transport = new RecordingTransport();
  const { events } = transport;
  const { signal } = transport.cancellation;
  const body = async function* (): AsyncChunks {
    yield toBytes("a");
    await new Promise((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
      events.add("waits");
    });
  };
  const waiting = new Run(answering(body), { transport });
  await events.seen("waits");
  transport.cancellation.cancel(new ClientDisconnected());
  await waiting.finish();
  assertEquals(waiting.written, []);
  assert(signal.aborted);
});

Deno.test.each([["is complete", 200], ["has failed", 500]])(
  "runApplication() cancels nothing after the request %s",
  async (_state, code) => {
    const transport = new RespondingTransport();
    const { signal } = transport.cancellation;
    const app = code === 200 ? answering(() => [toBytes("a")]) : () => [];
    await run(app, { transport });
    transport.cancellation.cancel(new ClientDisconnected());
    assertFalse(signal.aborted);
    assertEquals(transport.head?.code, code);
    assertEquals(transport.outcome, "ended");
  },
);

Deno.test("startResponse() throws after the client has left and the body is closed", async () => {
  const transport = new RespondingTransport();
  let start: StartResponse | undefined;
  await run(async (_environ, startResponse) => {
    start = startResponse;
    await Promise.resolve();
    transport.cancellation.cancel(new ClientDisconnected());
    return [];
  }, { transport });
  assertThrows(() => start!("200 OK", []), Error, "the request is over");
});
