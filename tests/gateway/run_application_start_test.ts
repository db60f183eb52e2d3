// SPEC.md 5.1 and 5.8 to 5.11: how an application is called, startResponse and
// write(), and how the body is iterated.

import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { toFetchHandler } from "../../gateway/fetch/fetch.ts";
import { toNodeListener } from "../../gateway/node/node.ts";
import { runApplication } from "../../gateway/run_application.ts";
import { toBytes } from "../../wsgi/byte_string.ts";
import { StderrStream } from "../../wsgi/error_stream.ts";
import type { Application, StartResponse, Write } from "../../wsgi/types.ts";
import type { Chunks } from "./recording_body.ts";
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
  testEnviron,
  turn,
} from "./recording_transport.ts";

// server-sync-path: the shortest path, in code and in time.
Deno.test.each([[["hello"]], [["hel", "lo"]], [[]]])(
  "runApplication() is sync for the sync array %j",
  (chunks) => {
    for (const Transport of [RecordingTransport, RespondingTransport]) {
      const transport = new Transport();
      const sync = new Run(answering(() => chunks.map(toBytes)), { transport });
      assertEquals(sync.done, undefined);
      const text = chunks.join("");
      assertEquals(ended(sync), [200, text, "ended", 0]);
      const writes = text === "" ? [] : [`write ${text}`];
      assertEquals(sync.events, ["head 200", ...writes, "end"]);
      if (!(transport instanceof RespondingTransport)) continue;
      // The transport may add the length in its own way.
      const lengths = transport.responded.map((head) => head.contentLength);
      assertEquals(lengths, [undefined]);
    }
    const failing = new Run(() => fail());
    assertEquals([failing.done, ended(failing)[0]], [undefined, 500]);
  },
);

Deno.test("runApplication() awaits any object with a then() method", async () => {
  const then = (take: (body: unknown) => void) => take([toBytes("later")]);
  const { transport } = await run(answering(() => ({ then })));
  assertEquals(transport.body, "later");
});

Deno.test("runApplication() answers 500 when reading the result throws", async () => {
  const { proxy, revoke } = Proxy.revocable([], {});
  revoke();
  const getter = {
    get then(): never {
      return fail();
    },
  };
  // A hole is not a chunk.
  const holes = Object.assign([], { 0: toBytes("a"), 2: toBytes("b") });
  for (const result of [getter, proxy, holes]) {
    const { transport } = await run(answering(() => result));
    assertEquals(transport.head?.code, 500);
  }
});

// The method of the request counts, even if the application changes environ.
Deno.test("runApplication() reads method and wsgi.errors before the call", async () => {
  const { transport, written } = await run((environ, startResponse) => {
    environ.REQUEST_METHOD = "HEAD";
    environ["wsgi.errors"] = new StderrStream(() => {});
    startResponse("200 OK", PLAIN);
    return Object.assign([toBytes("hello")], { close: () => fail("logged") });
  });
  assertEquals(transport.body, "hello");
  assertStringIncludes(written.join(""), "logged");
});

Deno.test.each([
  [undefined, "undefined"],
  [{ fetch(): void {} }, "an object"],
  ["app", '"app"'],
])(
  "runApplication() and its gateways throw for %s as an application",
  (given, got) => {
    const app = given as unknown as Application;
    const transport = new RecordingTransport();
    const calls = [
      () => runApplication(app, testEnviron().environ, transport),
      () => toFetchHandler(app),
      () => toNodeListener(app),
    ];
    const message =
      `Cannot run the application: it must be a function (environ, startResponse), got ${got}`;
    for (const call of calls) assertThrows(call, TypeError, message);
    assertEquals(transport.events.list, []);
  },
);

/** A proxy that records which members of its target are read. */
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
Deno.test("runApplication() uses only the iterator method and close of a body", async () => {
  const body = new Set<PropertyKey>();
  const iterator = new Set<PropertyKey>();
  const events = new Events();
  const close = () => events.add("close of the iterator");
  const values = Object.assign([toBytes("a")].values(), { close });
  const given = {
    [Symbol.iterator]: () => watched(values, iterator),
    close(): void {},
  };
  await run(answering(() => watched(given, body)));
  // Awaiting a value reads its then().
  body.delete("then");
  const { asyncIterator, iterator: sync } = Symbol;
  assertEquals(body, new Set<PropertyKey>([asyncIterator, sync, "close"]));
  assertEquals(iterator, new Set<PropertyKey>(["next"]));
  assertEquals(events.list, []);
});

/** Sent whole, joined, or one by one because of their size; also after write(). */
const ARRAYS = [["a"], ["a", "bb"], ["a".repeat(40_000), "b".repeat(40_000)]]
  .flatMap((texts) => ["", "w"].map((written) => ({ texts, written })));

Deno.test("runApplication() uses only length, elements and close of an array, which close() may empty", async () => {
  for (const { texts, written } of ARRAYS) {
    const seen = new Set<PropertyKey>();
    const runs = await runAll((_environ, startResponse) => {
      startResponse("200 OK", PLAIN)(toBytes(written));
      const body = texts.map(toBytes);
      const close = (): void => void body.splice(0);
      return watched(Object.assign(body, { close }), seen);
    });
    for (const { transport } of runs) {
      assertEquals(transport.body, written + texts.join(""));
      assertEquals(transport.outcome, "ended");
    }
    seen.delete("then");
    const indices = texts.map((_, index) => String(index));
    assertEquals(seen, new Set<PropertyKey>(["length", "close", ...indices]));
  }
});

// server-array-checked
Deno.test("runApplication() checks all chunks of an array before it sends the first one", async () => {
  for (const size of [1, 70_000]) {
    for (const bad of ["text", null, 7, [toBytes("a")]]) {
      const chunks = [new Uint8Array(size), new Uint8Array(size), bad];
      for (const one of await runAll(answering(() => chunks))) {
        const page = "500 Internal Server Error\n";
        assertEquals(ended(one), [500, page, "ended", 1]);
      }
    }
  }
});

Deno.test.each([["", 500, "ended"], ["a", 200, "aborted"]])(
  "startResponse() and write() fail the request from inside the body after %j, even if that is caught",
  async (first, code, outcome) => {
    const misuses: ((start: StartResponse, write: Write) => void)[] = [
      (start) => start("200 OK", PLAIN),
      (_start, write) => write("text" as unknown as Uint8Array),
    ];
    for (const misuse of misuses) {
      const runs = await runAll(function* (_environ, start): Chunks {
        const write = start("200 OK", PLAIN);
        yield toBytes(first);
        assertThrows(() => misuse(start, write));
        yield new Uint8Array();
      });
      for (const { transport: { head, outcome: end }, written } of runs) {
        assertEquals([head?.code, end, written.length], [code, outcome, 1]);
      }
    }
  },
);

// server-start-checks. The kit has other misuses.
Deno.test.each<[string, LooseApplication, string]>([
  ["startResponse()", (_environ, start) => {
    assertThrows(() => start("999 Huh", PLAIN), RangeError);
    return [toBytes("hello")];
  }, 'got "999 Huh"'],
  ["write()", (_environ, start) => {
    const write = start("200 OK", PLAIN);
    assertThrows(() => write("text" as unknown as Uint8Array), TypeError);
    return [toBytes("hello")];
  }, 'chunk must be a Uint8Array, got "text"'],
])(
  "%s fails the request even if its error is caught",
  async (_, app, message) => {
    for (const method of ["GET", "HEAD"]) {
      for (const one of await runAll(app, { method })) {
        assertEquals([ended(one)[0], ended(one)[3]], [500, 1]);
        assertStringIncludes(one.written[0]!, message);
      }
    }
  },
);

// start-not-after-end
Deno.test("startResponse() and write() throw once the request is over", async () => {
  let start: StartResponse | undefined;
  let write: Write | undefined;
  const again = () => start!("200 OK", PLAIN);
  await run((_environ, startResponse) => {
    start = startResponse;
    return fail();
  });
  const over = "the request is over";
  assertThrows(again, Error, `Cannot start the response: ${over}`);
  const { transport } = await run((_environ, startResponse) => {
    start = startResponse;
    write = startResponse("200 OK", PLAIN);
    return [toBytes("a")];
  });
  assertThrows(() => write!(toBytes("a")), Error, `Cannot write: ${over}`);
  const message =
    "Cannot start the response: it was started before, and a second call must pass excInfo";
  assertThrows(again, Error, message);
  const late = new Error("late");
  assert(assertThrows(() => start!("500 Oops", [], late)) === late);
  assertEquals(transport.status, "200 OK");
});

// close-array-early: the body has ended when its close() runs.
Deno.test("startResponse() and write() throw in close()", async () => {
  const runs = await runAll((_environ, startResponse) => {
    const write = startResponse("204 Empty", []);
    const close = (): void => {
      assertThrows(() => write(toBytes("bytes")), Error, "is over");
      startResponse("200 OK", [["Content-Length", "9"]], new Error("late"));
    };
    return Object.assign([], { close });
  });
  for (const one of runs) {
    assertEquals(ended(one), [204, "", "ended", 1]);
    assertStringIncludes(one.written[0]!, "the request is over");
  }
});

Deno.test.each([[0], [""], [false], [NaN]])(
  "startResponse() accepts %j as excInfo, because it can be thrown",
  async (thrown) => {
    const { transport } = await run((_environ, startResponse) => {
      startResponse("200 OK", PLAIN);
      startResponse("500 Sorry", PLAIN, thrown);
      return [];
    });
    assertEquals(transport.status, "500 Sorry");
  },
);

Deno.test("startResponse() fails the request when a call with excInfo is invalid, until a valid one", async () => {
  const late = new Error("late");
  for (const isCorrected of [false, true]) {
    const { transport } = await run((_environ, start) => {
      const write = start("200 OK", PLAIN);
      assertThrows(() => start("no status", PLAIN, late), TypeError);
      const { message } = assertThrows(() => write(toBytes("a")), Error);
      assertEquals(message, "Cannot write: no status is set");
      if (isCorrected) start("503 Service Unavailable", PLAIN, late);
      return [toBytes("b")];
    });
    assertEquals(transport.head?.code, isCorrected ? 503 : 500);
  }
});

Deno.test("write() resolves when the transport accepts more", async () => {
  const transport = new RecordingTransport();
  const { events } = transport;
  transport.isBusy = true;
  const waiting = new Run(async (_environ, startResponse) => {
    const write = startResponse("200 OK", PLAIN);
    await write(toBytes("a"));
    events.add("resumed");
    transport.isBusy = false;
    await write(toBytes("b"));
    return [];
  }, { transport });
  await events.seen("write a");
  assertEquals(events.list, ["head 200", "write a"]);
  transport.release();
  await waiting.finish();
  assertEquals(events.list.slice(2), ["resumed", "write b", "end"]);
});

Deno.test("write() rejects with the reason when the client has left", async () => {
  const transport = new RespondingTransport();
  let rejection: unknown;
  const { written, events } = await run(async (_environ, startResponse) => {
    const write = startResponse("200 OK", PLAIN);
    await Promise.resolve();
    leave(transport);
    write(toBytes("not awaited"));
    rejection = await assertRejects(() => write(toBytes("a")));
    return [];
  }, { transport });
  assert(rejection === transport.cancellation.reason);
  assertEquals([events, written], [[], []]);
});

Deno.test("write() leaves no unhandled rejection when the transport fails", async () => {
  const transport = new RecordingTransport();
  transport.isBusy = true;
  const failing = new Run((_environ, startResponse) => {
    const write = startResponse("200 OK", PLAIN);
    write(toBytes("a"));
    write(toBytes("b"));
    return new Promise(() => {});
  }, { transport });
  assert(failing.done instanceof Promise);
  transport.release(new Error("reset"));
  transport.release(new Error("reset"));
  await turn();
  assertEquals(transport.body, "ab");
});
