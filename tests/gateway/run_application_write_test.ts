// SPEC.md 5.10: write().

import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import { FileWrapper } from "../../wsgi/file_wrapper.ts";
import type { StartResponse, Write } from "../../wsgi/types.ts";
import { bodyOf } from "./recording_body.ts";
import {
  ended,
  leave,
  PLAIN,
  RecordingTransport,
  RespondingTransport,
  Run,
  run,
  runBoth,
} from "./recording_transport.ts";

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

// write-throws. checkChunk() has more of what is no Uint8Array.
Deno.test.each([["text", '"text"'], [undefined, "undefined"]])(
  "write() throws for what is no Uint8Array: %o",
  async (chunk, got) => {
    const runs = await runBoth((_environ, startResponse) => {
      const write = startResponse("200 OK", PLAIN);
      assertThrows(
        () => write(chunk as unknown as Uint8Array),
        TypeError,
        `Cannot send the body: chunk must be a Uint8Array, got ${got}`,
      );
      return [toBytes("hello")];
    });
    // server-start-failure-kept: catching the error changes nothing.
    for (const { transport, written } of runs) {
      assertEquals([transport.head?.code, written.length], [500, 1]);
    }
  },
);

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

// write-rejects
Deno.test("write() rejects past Content-Length and sends what fits", async () => {
  const runs = await runBoth(async (_environ, startResponse) => {
    const write = startResponse("200 OK", [["Content-Length", "3"]]);
    const message =
      "Cannot write: the body is longer than its Content-Length of 3";
    await write(toBytes("ab"));
    await assertRejects(() => write(toBytes("cd")), RangeError, message);
    await assertRejects(() => write(toBytes("e")), RangeError);
    return [];
  });
  for (const one of runs) {
    // length-truncated: logged once.
    assertEquals(ended(one), [200, "abc", "ended", 1]);
    assert(one.written[0]!.includes("Cannot send the whole body"));
  }
});

Deno.test("write() rejects when the client has left", async () => {
  const transport = new RespondingTransport();
  let rejection: unknown;
  const { written } = await run(async (_environ, startResponse) => {
    const write = startResponse("200 OK", PLAIN);
    await Promise.resolve();
    leave(transport);
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
    leave(gone);
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
