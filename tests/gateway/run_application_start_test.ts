// SPEC.md 5.8 and 5.10: startResponse and write().

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { assertStringIncludes } from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import type { StartResponse, Write } from "../../wsgi/types.ts";
import type { Chunks } from "./recording_body.ts";
import {
  ended,
  fail,
  leave,
  PLAIN,
  RecordingTransport,
  RespondingTransport,
  Run,
  run,
  runAll,
  turn,
} from "./recording_transport.ts";

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
