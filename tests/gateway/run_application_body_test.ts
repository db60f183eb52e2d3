// SPEC.md 5.11: how a body is iterated, and at which pace.

import { assertEquals } from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import { bodyOf, endless } from "./recording_body.ts";
import {
  answering,
  ended,
  PLAIN,
  RecordingTransport,
  Run,
  run,
  runBoth,
} from "./recording_transport.ts";

/** A proxy that notes which members of a target are read. */
function watched<T extends object>(target: T, seen: Set<PropertyKey>): T {
  return new Proxy(target, {
    get(target, key): unknown {
      seen.add(key);
      const value = Reflect.get(target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

// server-body-members
Deno.test("runApplication() uses nothing of a body but its iterator method and close", async () => {
  const body = new Set<PropertyKey>();
  const iterator = new Set<PropertyKey>();
  const given = {
    [Symbol.iterator]: () => watched([toBytes("a")].values(), iterator),
    close(): void {},
  };
  await run(answering(() => watched(given, body)));
  // Whoever awaits a value looks for its then().
  body.delete("then");
  const { asyncIterator, iterator: sync } = Symbol;
  assertEquals(body, new Set<PropertyKey>([asyncIterator, sync, "close"]));
  assertEquals(iterator, new Set<PropertyKey>(["next"]));
});

Deno.test("runApplication() uses nothing of an array but its length and elements", async () => {
  // Sent whole, sent piece by piece because it is large, and after a write().
  for (const chunks of [["a"], ["a", "b"], ["a".repeat(70_000), "b"]]) {
    for (const written of ["", "w"]) {
      const seen = new Set<PropertyKey>();
      const runs = await runBoth((_environ, startResponse) => {
        startResponse("200 OK", PLAIN)(toBytes(written));
        return watched(chunks.map(toBytes), seen);
      });
      for (const { transport } of runs) {
        assertEquals(transport.body, written + chunks.join(""));
      }
      seen.delete("then");
      const indices = chunks.map((_, index) => String(index));
      assertEquals(seen, new Set<PropertyKey>(["length", "close", ...indices]));
    }
  }
});

// server-array-checked
Deno.test("runApplication() checks all chunks of an array before the first one leaves", async () => {
  for (const size of [1, 70_000]) {
    for (const bad of ["text", null, 7, [toBytes("a")]]) {
      const chunks = [new Uint8Array(size), new Uint8Array(size), bad];
      for (const one of await runBoth(answering(() => chunks))) {
        const page = "500 Internal Server Error\n";
        assertEquals(ended(one), [500, page, "ended", 1]);
      }
    }
  }
  // A hole is no chunk.
  const holes = Object.assign([], { 0: toBytes("a"), 2: toBytes("b") });
  const { transport } = await run(answering(() => holes));
  assertEquals(transport.head?.code, 500);
});

// server-one-next, server-no-late-next
Deno.test("runApplication() never calls next() twice at a time nor after the end", async () => {
  let isPending = false;
  let ended = false;
  const faults: string[] = [];
  const chunks = ["a", "", "b"].map(toBytes);
  const body = {
    [Symbol.asyncIterator]: () => ({
      async next(): Promise<IteratorResult<Uint8Array>> {
        if (isPending) faults.push("two at a time");
        if (ended) faults.push("after the end");
        isPending = true;
        await Promise.resolve();
        isPending = false;
        const value = chunks.shift();
        if (value !== undefined) return { value };
        ended = true;
        return { done: true, value };
      },
      return: () => faults.push("return after the end"),
    }),
  };
  const { transport } = await run(answering(() => body));
  assertEquals(transport.body, "ab");
  assertEquals(faults, []);
});

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
