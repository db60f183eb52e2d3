// SPEC.md 5.10: write().

import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import { ClientDisconnected } from "../../gateway/cancellation.ts";
import type { Write } from "../../wsgi/types.ts";
import { bodyOf, KINDS } from "./recording_body.ts";
import {
  Events,
  RecordingTransport,
  RespondingTransport,
  Run,
  run,
  runBoth,
} from "./recording_transport.ts";

const PLAIN = [["Content-Type", "text/plain"]] as const;

// write-order
Deno.test.each(KINDS)(
  "write() keeps the order of its calls and goes before the body: %s",
  async (kind) => {
    const runs = await runBoth((_environ, startResponse) => {
      const write = startResponse("200 OK", PLAIN);
      write(toBytes("a"));
      write(new Uint8Array());
      write(toBytes("b"));
      return bodyOf(kind, ["c", "d"]);
    });
    for (const { transport } of runs) {
      assertEquals(transport.events.list, [
        "head 200",
        "write a",
        "write b",
        "write c",
        "write d",
        "end",
      ]);
      assertEquals(transport.headers, PLAIN);
    }
  },
);

Deno.test("write() keeps the order while the transport is busy", async () => {
  const transport = new RecordingTransport();
  transport.isBusy = true;
  const waiting = new Run((_environ, startResponse) => {
    const write = startResponse("200 OK", PLAIN);
    write(toBytes("a"));
    write(toBytes("b"));
    return bodyOf("generator", ["c"], transport.events);
  }, { transport });
  assertEquals(transport.events.list, ["head 200", "write a", "write b"]);
  transport.isBusy = false;
  transport.release();
  transport.release();
  await waiting.finish();
  assertEquals(transport.body, "abc");
});

Deno.test("write() resolves when the transport can take more", async () => {
  const events = new Events();
  const transport = new RecordingTransport(events);
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
  assertEquals(events.list, [
    "head 200",
    "write a",
    "resumed",
    "write b",
    "end",
  ]);
});

// write-throws
Deno.test.each([
  ["text", '"text"'],
  [undefined, "undefined"],
  [[104, 105], "an array"],
  [new ArrayBuffer(1), "an ArrayBuffer"],
  [new DataView(new ArrayBuffer(1)), "a DataView"],
  [new Uint16Array(1), "a Uint16Array"],
])("write() throws for what is no Uint8Array: %o", async (chunk, got) => {
  const runs = await runBoth((_environ, startResponse) => {
    const write = startResponse("200 OK", PLAIN);
    assertThrows(
      () => write(chunk as unknown as Uint8Array),
      TypeError,
      `Cannot send the body: chunk must be a Uint8Array, got ${got}`,
    );
    return [toBytes("hello")];
  });
  // server-start-failure-kept: catching the error mends nothing.
  for (const { transport, written } of runs) {
    assertEquals(transport.head?.code, 500);
    assertEquals(written.length, 1);
  }
});

Deno.test("write() breaks the response by a bad chunk after the headers have left", async () => {
  const { transport } = await run((_environ, startResponse) => {
    const write = startResponse("200 OK", PLAIN);
    write(toBytes("a"));
    assertThrows(() => write("b" as unknown as Uint8Array), TypeError);
    return [toBytes("c")];
  });
  assertEquals(transport.body, "a");
  assertEquals(transport.outcome, "aborted");
});

Deno.test.each([["complete", []], ["failed", undefined]])(
  "write() throws when the request is %s",
  async (_state, body) => {
    let write: Write | undefined;
    const { transport } = await run((_environ, startResponse) => {
      write = startResponse("200 OK", PLAIN);
      return body;
    });
    assertThrows(
      () => write!(toBytes("late")),
      Error,
      "Cannot write: the request is over",
    );
    assertEquals(transport.faults, []);
  },
);

Deno.test("write() throws while no status is set", async () => {
  const { transport } = await run((_environ, startResponse) => {
    const write = startResponse("200 OK", PLAIN);
    assertThrows(() => startResponse("x", [], new Error("first")), TypeError);
    assertThrows(() => write(toBytes("a")), Error, "no status is set");
    return [];
  });
  assertEquals(transport.head?.code, 500);
});

// write-rejects
Deno.test("write() rejects past Content-Length and sends what fits", async () => {
  const runs = await runBoth(async (_environ, startResponse) => {
    const write = startResponse("200 OK", [["Content-Length", "3"]]);
    await write(toBytes("ab"));
    await assertRejects(
      () => write(toBytes("cd")),
      RangeError,
      "Cannot write: the body is longer than its Content-Length of 3",
    );
    await assertRejects(() => write(toBytes("e")), RangeError);
    return [];
  });
  for (const { transport, written } of runs) {
    assertEquals(transport.body, "abc");
    assertEquals(transport.outcome, "ended");
    // length-truncated: said once.
    assertEquals(written.length, 1);
    assert(written[0]!.includes("Cannot send the whole body"));
  }
});

Deno.test("write() rejects when the client has left", async () => {
  const transport = new RespondingTransport();
  let rejection: unknown;
  const { written } = await run(async (_environ, startResponse) => {
    const write = startResponse("200 OK", PLAIN);
    await Promise.resolve();
    transport.cancellation.cancel(new ClientDisconnected());
    rejection = await assertRejects(() => write(toBytes("a")));
    return [];
  }, { transport });
  assertStrictEquals(rejection, transport.cancellation.reason);
  assertEquals(transport.events.list, []);
  assertEquals(written, []);
});

// The test runner fails a test that leaves an unhandled rejection.
Deno.test("write() leaves no unhandled rejection when it is not awaited", async () => {
  const gone = new RecordingTransport();
  await run(async (_environ, startResponse) => {
    const write = startResponse("200 OK", PLAIN);
    await Promise.resolve();
    gone.cancellation.cancel(new ClientDisconnected());
    write(toBytes("a"));
    return [];
  }, { transport: gone });
  const long = await run((_environ, startResponse) => {
    startResponse("200 OK", [["Content-Length", "1"]])(toBytes("ab"));
    return [];
  });
  assertEquals([gone.body, long.transport.body], ["", "a"]);
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
  // Rejections count as unhandled after the microtasks of this turn.
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(transport.body, "ab");
});
