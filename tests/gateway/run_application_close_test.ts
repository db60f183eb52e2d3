// SPEC.md 5.12: close() and return(), once, on every way out. That it happens
// when the client has left is in run_application_end_test.ts.

import { assert, assertEquals } from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import type { HeaderTuple } from "../../wsgi/types.ts";
import { bodyOf, KINDS } from "./recording_body.ts";
import {
  answering,
  ended,
  Events,
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

// close-called, close-once. run_application_lanes_test.ts has the normal ends.
Deno.test.each([
  ["never called", []],
  ["called twice", ["200 OK", "200 OK"]],
  ["refused", ["nonsense"]],
])(
  "runApplication() closes the body once when startResponse was %s",
  async (_how, statuses) => {
    for (const kind of KINDS) {
      for (const method of ["GET", "HEAD"]) {
        const events = new Events();
        await runBoth((_environ, start) => {
          for (const status of statuses) {
            try {
              start(status, PLAIN);
            } catch {
              // Caught in vain.
            }
          }
          return bodyOf(kind, ["a"], events);
        }, { method });
        // Once over each of the two transports.
        assertEquals(events.count("close"), 2, `${kind} ${method}`);
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
      const app = answering(() =>
        Object.assign(bodyOf(kind, ["a"]), { close })
      );
      for (const one of await runBoth(app)) {
        assertEquals(ended(one), [200, "a", "ended", 1]);
        assert(one.written[0]!.includes("close failed"));
      }
    }
  },
);

Deno.test("runApplication() logs what return() throws and still calls close()", async () => {
  const failure = new Error("return failed");
  const failures = [
    () => {
      throw failure;
    },
    () => Promise.reject(failure),
  ];
  for (const fail of failures) {
    const events = new Events();
    const next = () => Promise.resolve({ value: toBytes("a") });
    const body = {
      [Symbol.asyncIterator]: () => ({ next, return: fail }),
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
      const close = () => (events.add("close"), pause);
      const body = Object.assign(["a", "b"].map(toBytes), { close });
      await run(answering(() => body), { transport });
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
