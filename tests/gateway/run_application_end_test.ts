// SPEC.md 5.12 to 5.17: close(), Content-Length, a client that leaves, and a
// server that ends a request early. run_application_lanes_test.ts has the normal
// ends of all kinds of bodies.

import { setTimeout } from "node:timers/promises";
import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  ClientDisconnected,
  ServerStopped,
} from "../../gateway/cancellation.ts";
import { RequestBodyError } from "../../gateway/input/request_body_error.ts";
import { toBytes } from "../../wsgi/byte_string.ts";
import type { HeaderTuple } from "../../wsgi/types.ts";
import {
  type AsyncChunks,
  bodyOf,
  endless,
  hanging,
  KINDS,
} from "./recording_body.ts";
import {
  answering,
  ended,
  Events,
  fail,
  leave,
  type LooseApplication,
  PLAIN,
  RecordingTransport,
  RespondingTransport,
  Run,
  run,
  runAll,
  sending,
  turn,
} from "./recording_transport.ts";

Deno.test.each([
  ["the normal end", "200 OK", ["a"], undefined],
  ["an end without a chunk", "200 OK", [], undefined],
  ["Content-Length", "200 OK", ["a", "b"], "1"],
  ["an error", "wrong", ["a"], undefined],
  ["a status without content", "204 Empty", ["a"], undefined],
])(
  "runApplication() waits for the transport and for close() at %s",
  async (_end, status, chunks, length) => {
    for (const isTransportLast of [true, false]) {
      const gate = Promise.withResolvers<void>();
      const transport = new RespondingTransport();
      transport.ending = gate.promise;
      const { events } = transport;
      const closed = Promise.withResolvers<void>();
      const app: LooseApplication = (_environ, startResponse) => {
        const headers: HeaderTuple[] = [];
        if (length !== undefined) headers.push(["Content-Length", length]);
        try {
          startResponse(status, headers);
        } catch {
          // Catching it changes nothing.
        }
        const close = () => (events.add("close"), closed.promise);
        return Object.assign(bodyOf("generator", chunks), { close });
      };
      const waiting = new Run(app, { transport });
      const done = waiting.finish().then(() => events.add("settled"));
      const [first, last] = isTransportLast ? [closed, gate] : [gate, closed];
      first.resolve();
      await events.seen("close");
      await turn();
      assertEquals(events.count("settled"), 0);
      last.resolve();
      await done;
      assertEquals(events.count("end"), 1);
    }
  },
);

// close-array-early
Deno.test("runApplication() closes an array before it sends its chunks", async () => {
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

// close-called
Deno.test.each(KINDS)(
  "runApplication() answers 500, and closes the body, if startResponse was never called: %s",
  async (kind) => {
    const events = new Events();
    const runs = await runAll(() => bodyOf(kind, ["a"], events));
    for (const one of runs) assertEquals(ended(one)[0], 500);
    assertEquals(events.count("close"), runs.length);
  },
);

// length-end-asked
Deno.test.each(KINDS.slice(1))(
  "runApplication() ends the response at Content-Length before the transport accepts more, and calls next() once more: %s",
  async (kind) => {
    const transport = new RespondingTransport();
    const { events } = transport;
    transport.isBusy = true;
    const body = () => bodyOf(kind, ["a"], events);
    const app = answering(body, [["Content-Length", "1"]]);
    const { written } = await run(app, { transport });
    const sent = "next,head 200,write a,end,next,close";
    assertEquals([events.list.join(), written], [sent, []]);
  },
);

Deno.test.each([["a", 1], ["", 0]])(
  "runApplication() stops a body that exceeds Content-Length with %j, even after write()",
  async (chunk, logged) => {
    for (const isWritten of [false, true]) {
      const events = new Events();
      const chunks = function* (): Generator<string, void> {
        if (!isWritten) yield "ab";
        yield* endless(chunk);
      };
      const one = await run((_environ, startResponse) => {
        const write = startResponse("200 OK", [["Content-Length", "2"]]);
        if (isWritten) write(toBytes("ab"));
        return bodyOf("iterator", chunks(), events);
      });
      const asked = isWritten ? ["next"] : ["next", "next"];
      assertEquals(events.list, [...asked, "return", "close"]);
      assertEquals(ended(one), [200, "ab", "ended", logged]);
    }
  },
);

/** A run whose body waits once `seen` has happened. */
async function waitFor(
  seen: string,
  app: (events: Events) => LooseApplication,
  transport: RecordingTransport = new RespondingTransport(),
): Promise<Run> {
  const waiting = new Run(app(transport.events), { transport });
  await transport.events.seen(seen);
  return waiting;
}

const hangs = (events: Events) => answering(() => hanging(events));

// gone-stops, gone-no-error, close-pending-next
Deno.test("runApplication() closes a body whose next() never settles when the client leaves", async () => {
  const waiting = await waitFor("next", hangs);
  leave(waiting.transport);
  assertEquals(waiting.events, ["next", "return", "close"]);
  await waiting.finish();
  assertEquals(waiting.events, ["next", "return", "close"]);
  assertEquals(waiting.written, []);
});

Deno.test.each(KINDS.slice(1))(
  "runApplication() requests nothing more when the client leaves or the transport fails: %s",
  async (kind) => {
    for (const isGone of [true, false]) {
      const transport = new RecordingTransport();
      transport.isBusy = true;
      const waiting = await waitFor("write a", (events) => {
        return answering(() => bodyOf(kind, endless("a"), events));
      }, transport);
      if (isGone) leave(transport);
      transport.release(new ClientDisconnected());
      await waiting.finish();
      const end = isGone ? "return,close" : "abort,return,close";
      assertEquals(waiting.events.join(), `next,head 200,write a,${end}`);
      assertEquals(waiting.written.length, isGone ? 0 : 1);
    }
  },
);

// close-late-return
Deno.test.each(KINDS)(
  "runApplication() closes, without reading it, a body returned after the client has left: %s",
  async (kind) => {
    for (const isEarly of [true, false]) {
      const transport = new RespondingTransport();
      const { events } = transport;
      if (isEarly) leave(transport);
      const { written } = await run(async (_environ, startResponse) => {
        if (isEarly) startResponse("200 OK", PLAIN);
        await Promise.resolve();
        leave(transport);
        return bodyOf(kind, ["a"], events);
      }, { transport });
      // A generator that was never begun does nothing at return().
      const returned = kind.endsWith("iterator") ? ["return"] : [];
      assertEquals(events.list, [...returned, "close"]);
      assertEquals(written, []);
    }
  },
);

Deno.test("runApplication() logs nothing for a body that throws because its client has left", async () => {
  const transport = new RecordingTransport();
  const { cancellation: { signal }, events } = transport;
  const waiting = await waitFor(
    "waits",
    () =>
      answering(async function* (): AsyncChunks {
        yield toBytes("a");
        await new Promise((_, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason));
          events.add("waits");
        });
      }),
    transport,
  );
  leave(transport);
  await waiting.finish();
  assertEquals([waiting.written, signal.aborted], [[], true]);

  const other = new RecordingTransport();
  const close = () => other.events.add("close");
  const next = () => (leave(other), fail());
  const body = { [Symbol.iterator]: () => ({ next }), close };
  const { written } = await run(answering(() => body), { transport: other });
  assertEquals([written, other.events.list], [[], ["close"]]);
});

Deno.test.each([["is complete", 200], ["has failed", 500]])(
  "runApplication() cancels nothing after the request %s",
  async (_state, code) => {
    const transport = new RespondingTransport();
    const { signal } = transport.cancellation;
    const app = code === 200 ? sending("a") : () => [];
    await run(app, { transport });
    leave(transport);
    assertEquals(signal.aborted, false);
    assertEquals([transport.head?.code, transport.outcome], [code, "ended"]);
  },
);

Deno.test("runApplication() does not answer HEAD if the client leaves during close()", async () => {
  const transport = new RecordingTransport();
  const { events } = transport;
  const close = async (): Promise<void> => {
    await Promise.resolve();
    leave(transport);
    events.add("close");
  };
  const app = answering(() => Object.assign([toBytes("a")], { close }));
  await run(app, { transport, method: "HEAD" });
  assertEquals([events.list, transport.outcome], [["close"], "open"]);
});

// gone-no-error: errors of an application that must stop.
Deno.test.each<[string, () => unknown, number]>([
  ["the reason", () => new ClientDisconnected(), 0],
  ["a RequestBodyError", () => new RequestBodyError("cut short", 400), 0],
  ["an AbortError", () => new DOMException("stopped", "AbortError"), 0],
  ["an AbortError of Node", async () => {
    const signal = AbortSignal.abort(new Error("left"));
    return await setTimeout(1, undefined, { signal }).catch((error) => error);
  }, 0],
  ["another DOMException", () => new DOMException("odd", "DataError"), 1],
  ["another error", () => new RangeError("odd"), 1],
  ["an object that only looks like one", () => ({ name: "AbortError" }), 1],
])(
  "runApplication() logs errors after the client has left only if they say more than that: %s",
  async (_what, makeError, count) => {
    const transport = new RecordingTransport();
    const { written } = await run(async () => {
      await Promise.resolve();
      leave(transport);
      throw await makeError();
    }, { transport });
    assertEquals(written.length, count);
    assertEquals(transport.events.list, []);
  },
);

const streams = (events: Events) =>
  answering(() => bodyOf("generator", endless("a"), events));

// server-deadline: the server gives up before the headers are sent, and after.
Deno.test.each([
  [
    "next",
    new ServerStopped(),
    hangs,
    503,
    "503 Service Unavailable\n",
    "ended",
  ],
  [
    "next",
    new Error("odd"),
    hangs,
    500,
    "500 Internal Server Error\n",
    "ended",
  ],
  ["write a", new ServerStopped(), streams, 200, "a", "aborted"],
])(
  "runApplication() ends a request after %j when it is cancelled by %s",
  async (seen, reason, app, code, body, outcome) => {
    const transport = new RespondingTransport();
    transport.isBusy = true;
    const waiting = await waitFor(seen, app, transport);
    transport.cancellation.cancel(reason);
    transport.release();
    await waiting.finish();
    assertEquals(ended(waiting), [code, body, outcome, 1]);
    assertEquals(waiting.events.slice(-2), ["return", "close"]);
  },
);

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
Deno.test("runApplication() logs a rejection of the application after the server has given up", async () => {
  const gate = Promise.withResolvers<never>();
  const waiting = new Run(() => gate.promise);
  waiting.transport.cancellation.cancel(new ServerStopped());
  gate.reject(new Error("too late"));
  await waiting.finish();
  assertEquals(waiting.transport.head?.code, 503);
  assertStringIncludes(waiting.written.join(""), "too late");
});
