// SPEC.md 5.12: close() and return(), once, on every way out. That it happens
// when the client has left is in run_application_end_test.ts.

import { assert, assertEquals } from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import type { HeaderTuple } from "../../wsgi/types.ts";
import { bodyOf, type Kind, KINDS } from "./recording_body.ts";
import {
  answering,
  Events,
  type LooseApplication,
  PLAIN,
  RecordingTransport,
  RespondingTransport,
  Run,
  run,
  runBoth,
} from "./recording_transport.ts";

function* failing(chunk: string): Generator<string, void> {
  yield chunk;
  throw new Error("no more");
}

// close-called, close-once: the ways out.
const WAYS: Record<string, (kind: Kind, events: Events) => LooseApplication> = {
  "at the normal end": (kind, events) =>
    answering(() => bodyOf(kind, ["a"], events)),
  "when startResponse was never called": (kind, events) => () =>
    bodyOf(kind, ["a"], events),
  "when startResponse was called twice":
    (kind, events) => (_environ, start) => {
      start("200 OK", PLAIN);
      try {
        start("200 OK", PLAIN);
      } catch {
        // Caught in vain.
      }
      return bodyOf(kind, ["a"], events);
    },
  "when Content-Length is reached": (kind, events) =>
    answering(() => bodyOf(kind, ["a", "b"], events), [[
      "Content-Length",
      "1",
    ]]),
  "when the body is too short": (kind, events) =>
    answering(() => bodyOf(kind, ["a"], events), [["Content-Length", "2"]]),
  "after a write()": (kind, events) => (_environ, start) => {
    start("200 OK", PLAIN)(toBytes("w"));
    return bodyOf(kind, ["a"], events);
  },
  "for 204": (kind, events) =>
    answering(() => bodyOf(kind, ["a"], events), [], "204 Empty"),
  "when a promise brought it": (kind, events) => async (environ, start) => {
    await Promise.resolve();
    return answering(() => bodyOf(kind, ["a"], events))(environ, start);
  },
};

Deno.test.each(Object.keys(WAYS))(
  "runApplication() closes the body once %s",
  async (way) => {
    for (const kind of KINDS) {
      for (const method of ["GET", "HEAD"]) {
        for (const Transport of [RespondingTransport, RecordingTransport]) {
          const events = new Events();
          const app = WAYS[way]!(kind, events);
          await run(app, { method, transport: new Transport() });
          assertEquals(events.count("close"), 1, `${kind} ${method}`);
        }
      }
    }
  },
);

Deno.test.each(KINDS.slice(1))(
  "runApplication() closes the body once when next() throws: %s",
  async (kind) => {
    for (const chunk of ["", "a"]) {
      const events = new Events();
      const transport = new RecordingTransport(events);
      await run(answering(() => bodyOf(kind, failing(chunk), events)), {
        transport,
      });
      assertEquals(events.count("close"), 1);
      // An iteration that threw has ended: a return() would be one too many.
      if (kind.endsWith("iterator")) assertEquals(events.count("return"), 0);
    }
  },
);

Deno.test("runApplication() calls no close() of the iterator", async () => {
  const events = new Events();
  const iterator = Object.assign([toBytes("a")].values(), {
    close: () => events.add("close of the iterator"),
  });
  await run(answering(() => ({ [Symbol.iterator]: () => iterator })));
  assertEquals(events.list, []);
});

// close-error
Deno.test.each(KINDS)(
  "runApplication() logs what close() throws and sends the same response: %s",
  async (kind) => {
    const failures = [
      () => {
        throw new Error("close failed");
      },
      () => Promise.reject(new Error("close failed")),
    ];
    for (const close of failures) {
      const runs = await runBoth(
        answering(() => Object.assign(bodyOf(kind, ["a"]), { close })),
      );
      for (const { transport, written } of runs) {
        assertEquals(transport.status, "200 OK");
        assertEquals(transport.body, "a");
        assertEquals(transport.outcome, "ended");
        assertEquals(written.length, 1);
        assert(written[0]!.includes("close failed"));
      }
    }
  },
);

Deno.test("runApplication() logs what return() throws and still calls close()", async () => {
  for (const failure of ["throw", "reject"]) {
    const events = new Events();
    const body = {
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.resolve({ value: toBytes("a") }),
        return(): Promise<never> {
          if (failure === "throw") throw new Error("return failed");
          return Promise.reject(new Error("return failed"));
        },
      }),
      close: () => events.add("close"),
    };
    const { transport, written } = await run(
      answering(() => body, [["Content-Length", "1"]]),
    );
    assertEquals(transport.outcome, "ended");
    assertEquals(events.list, ["close"]);
    assert(written.at(-1)!.includes("return failed"));
  }
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
