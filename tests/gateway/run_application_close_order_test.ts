// SPEC.md 5.12: what comes before close(), and what after it.

import { assert, assertEquals } from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import { bodyOf, endless, KINDS } from "./recording_body.ts";
import type { HeaderTuple } from "../../wsgi/types.ts";
import {
  answering,
  Events,
  RecordingTransport,
  RespondingTransport,
  Run,
  run,
  runBoth,
} from "./recording_transport.ts";

const PLAIN = [["Content-Type", "text/plain"]] as const;

// close-return-first
Deno.test.each(KINDS.slice(1))(
  "runApplication() calls return() before close() when it stops early: %s",
  async (kind) => {
    const events = new Events();
    await run((_environ, start) => {
      start("200 OK", [["Content-Length", "2"]]);
      return bodyOf(kind, endless("a"), events);
    });
    assertEquals(events.list.slice(-2), ["return", "close"]);
    assertEquals(events.count("return"), 1);
  },
);

// close-unread-body
Deno.test("runApplication() takes the iterator of an unread body and returns it", async () => {
  for (const kind of ["iterator", "async iterator"] as const) {
    const events = new Events();
    await run(answering(() => bodyOf(kind, ["a"], events)), { method: "HEAD" });
    assertEquals(events.list, ["return", "close"]);
  }
});

Deno.test("runApplication() cancels a stream that is not read", async () => {
  let cancelled = 0;
  const stream = (): ReadableStream<Uint8Array> =>
    new ReadableStream({ cancel: () => void cancelled++ });
  await run(answering(stream), { method: "HEAD" });
  assertEquals(cancelled, 1);
  await run((_environ, start) => {
    start("304 Same", []);
    return stream();
  });
  assertEquals(cancelled, 2);
  // The request failed before the body was asked for anything.
  await run((_environ, start) => {
    try {
      start("nonsense", []);
    } catch {
      // Caught in vain.
    }
    return stream();
  });
  assertEquals(cancelled, 3);
});

// close-awaited
Deno.test("runApplication() waits for return(), then for close()", async () => {
  const events = new Events();
  const returned = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  const waiting = new Run(
    answering(() => ({
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.reject(new Error("unexpected")),
        return: () => (events.add("return"), returned.promise),
      }),
      close: () => (events.add("close"), closed.promise),
    })),
    { method: "HEAD" },
  );
  let settled = false;
  const done = Promise.resolve(waiting.done).then(() => settled = true);
  assertEquals(events.list, ["return"]);
  returned.resolve();
  await events.seen("close");
  assert(!settled);
  closed.resolve();
  await done;
  assertEquals(events.list, ["return", "close"]);
});

Deno.test.each([
  ["the normal end", "200 OK", ["a"], undefined],
  ["an end without a chunk", "200 OK", [], undefined],
  ["Content-Length", "200 OK", ["a", "b"], "1"],
  ["an error", "wrong", ["a"], undefined],
  ["a status without content", "204 Empty", ["a"], undefined],
])(
  "runApplication() waits for the transport and for close() at %s",
  async (_end, status, chunks, length) => {
    class Slow extends RespondingTransport {
      readonly gate = Promise.withResolvers<void>();
      override end(): Promise<void> {
        super.end();
        return this.gate.promise;
      }
    }
    for (const isTransportLast of [true, false]) {
      const transport = new Slow();
      const { events, gate } = transport;
      const closed = Promise.withResolvers<void>();
      const waiting = new Run((_environ, startResponse) => {
        const body = Object.assign(bodyOf("generator", chunks), {
          close: () => (events.add("close"), closed.promise),
        });
        const headers: HeaderTuple[] = [];
        if (length !== undefined) headers.push(["Content-Length", length]);
        try {
          startResponse(status, headers);
        } catch {
          // Caught in vain.
        }
        return body;
      }, { transport });
      const done = waiting.finish().then(() => events.add("settled"));
      const gates = isTransportLast ? [closed, gate] : [gate, closed];
      gates[0]!.resolve();
      await events.seen("close");
      await new Promise((resolve) => setTimeout(resolve));
      assertEquals(events.count("settled"), 0);
      gates[1]!.resolve();
      await done;
      assertEquals(events.count("end"), 1);
    }
  },
);

// close-array-early
Deno.test("runApplication() closes an array before its chunks leave", async () => {
  for (const pause of [undefined, Promise.resolve()]) {
    for (const Transport of [RespondingTransport, RecordingTransport]) {
      const transport = new Transport();
      const { events } = transport;
      await run(
        answering(() =>
          Object.assign([toBytes("a"), toBytes("b")], {
            close: () => (events.add("close"), pause),
          })
        ),
        { transport },
      );
      assertEquals(events.list, ["close", "head 200", "write ab", "end"]);
    }
  }
});

Deno.test("runApplication() sends what an array held before its close() emptied it", async () => {
  // One chunk, several, too large to be joined, and after a write().
  for (const sizes of [[3], [1, 2], [40_000, 40_000]]) {
    for (const written of ["", "w"]) {
      const runs = await runBoth((_environ, startResponse) => {
        startResponse("200 OK", PLAIN)(toBytes(written));
        const body = sizes.map((size) => new Uint8Array(size).fill(97));
        return Object.assign(body, { close: () => void body.splice(0) });
      });
      for (const { transport } of runs) {
        const length = sizes.reduce((sum, size) => sum + size, 0);
        assertEquals(transport.body, written + "a".repeat(length));
        assertEquals(transport.outcome, "ended");
      }
    }
  }
});
