// What comes when a request is over already, or while it ends.

import { assertEquals, assertThrows } from "@std/assert";
import { setImmediate, setTimeout } from "node:timers/promises";
import { BodyReader } from "../../gateway/body_reader.ts";
import { toBytes } from "../../wsgi/byte_string.ts";
import { ClientDisconnected } from "../../gateway/cancellation.ts";
import { Gate } from "../../gateway/gate.ts";
import { createHead } from "../../gateway/response_head.ts";
import { ResponseWriter } from "../../gateway/response_writer.ts";
import type { StartResponse, Write } from "../../wsgi/types.ts";
import { FileWrapper } from "../../wsgi/file_wrapper.ts";
import {
  answering,
  RecordingTransport,
  RespondingTransport,
  Run,
  run,
} from "./recording_transport.ts";

const PLAIN = [["Content-Type", "text/plain"]] as const;

Deno.test("runApplication() logs nothing of a sync body that throws because its client has left", async () => {
  const transport = new RecordingTransport();
  const { events } = transport;
  const { written } = await run(
    answering(() => ({
      [Symbol.iterator]: () => ({
        next(): never {
          transport.cancellation.cancel(new ClientDisconnected());
          throw new RangeError("nobody there");
        },
      }),
      close: () => events.add("close"),
    })),
    { transport },
  );
  assertEquals(written, []);
  assertEquals(events.list, ["close"]);
});

Deno.test("runApplication() answers no HEAD whose client leaves while the body is closed", async () => {
  const transport = new RecordingTransport();
  const { events } = transport;
  const close = async (): Promise<void> => {
    await Promise.resolve();
    transport.cancellation.cancel(new ClientDisconnected());
    events.add("close");
  };
  await run(answering(() => Object.assign([toBytes("a")], { close })), {
    transport,
    method: "HEAD",
  });
  assertEquals(events.list, ["close"]);
  assertEquals(transport.outcome, "open");
});

Deno.test("runApplication() logs a promise that a sync body gives when it is full", async () => {
  const results: unknown[] = [
    { done: false, value: toBytes("a") },
    Promise.resolve({ done: true, value: undefined }),
  ];
  const { transport, written } = await run((_environ, startResponse) => {
    startResponse("200 OK", [...PLAIN, ["Content-Length", "1"]]);
    return { [Symbol.iterator]: () => ({ next: () => results.shift() }) };
  });
  assertEquals(transport.body, "a");
  assertEquals(written.length, 1);
  assertEquals(written[0]?.includes("must not give a promise"), true);
});

/** A transport that fails to send a whole response. */
class BrokenTransport extends RespondingTransport {
  readonly #how: "throw" | "reject";

  constructor(how: "throw" | "reject") {
    super();
    this.#how = how;
  }

  override respond(): Promise<void> {
    const error = new RangeError("no way");
    if (this.#how === "throw") throw error;
    return Promise.reject(error);
  }
}

Deno.test("runApplication() logs that the error page could not be sent", async () => {
  const { written } = await run(() => {
    throw new TypeError("mine");
  }, { transport: new BrokenTransport("reject") });
  assertEquals(written.length, 2);
  assertEquals(written[0]?.includes("mine"), true);
  assertEquals(written[1]?.includes("no way"), true);
});

Deno.test("runApplication() logs what a transport throws after an async close()", async () => {
  const transport = new BrokenTransport("throw");
  const close = (): Promise<void> => Promise.resolve();
  const { written } = await run(
    answering(() => Object.assign([toBytes("a")], { close })),
    { transport },
  );
  assertEquals(written.length > 0, true);
  assertEquals(written[0]?.includes("no way"), true);
});

/** A file of a known length, whatever it is. */
class KnownFile extends FileWrapper {
  override get bytesLeft(): number {
    return 5;
  }
}

Deno.test("runApplication() refuses write() while the file of a response is on its way", async () => {
  const sending = Promise.withResolvers<void>();
  const transport = Object.assign(new RecordingTransport(), {
    sendFile: () => sending.promise,
  });
  let write: Write | undefined;
  const app = (_environ: unknown, startResponse: StartResponse): unknown => {
    write = startResponse("200 OK", PLAIN);
    return new KnownFile({ read: () => null });
  };
  const waiting = new Run(app, { transport });
  if (write === undefined) throw new Error("not called");
  assertThrows(() => write?.(toBytes("a")), Error, "the request is over");
  sending.resolve();
  await waiting.finish();
  assertEquals(transport.body, "");
});

/** An application that waits until its client has left, and throws then. */
function leaving(
  transport: RecordingTransport,
  fail: () => unknown,
): () => Promise<never> {
  return async () => {
    await Promise.resolve();
    transport.cancellation.cancel(new ClientDisconnected());
    throw await fail();
  };
}

Deno.test.each<[string, () => unknown, number]>([
  ["an AbortError", () => new DOMException("stopped", "AbortError"), 0],
  ["an AbortError of Node", async () => {
    const signal = AbortSignal.abort(new Error("left"));
    return await setTimeout(1, undefined, { signal }).catch((error) => error);
  }, 0],
  ["another DOMException", () => new DOMException("odd", "DataError"), 1],
  ["another error", () => new RangeError("odd"), 1],
  ["what only looks like one", () => ({ name: "AbortError" }), 1],
])(
  "runApplication() logs of an application whose client has left what says more than that: %s",
  async (_what, fail, count) => {
    const transport = new RecordingTransport();
    const { written } = await run(leaving(transport, fail), { transport });
    assertEquals(written.length, count);
  },
);

Deno.test("BodyReader.close() waits for the return() of a body that has given what it was asked for", async () => {
  const events: string[] = [];
  const reader = new BodyReader({
    [Symbol.asyncIterator]: () => ({
      next: () => Promise.resolve({ done: false, value: toBytes("a") }),
      async return(): Promise<void> {
        await Promise.resolve();
        events.push("returned");
      },
    }),
    close: () => void events.push("close"),
  }, () => {});
  reader.open();
  await new Promise((resolve, reject) => reader.ask(resolve, reject));
  await reader.close();
  assertEquals(events, ["returned", "close"]);
});

Deno.test("BodyReader.ask() calls one of its functions, also if the body is closed after an error", async () => {
  const calls: string[] = [];
  const reader = new BodyReader({
    [Symbol.asyncIterator]: () => ({
      next: () => Promise.reject(new Error("no more")),
    }),
  }, () => {});
  reader.open();
  await new Promise<void>((resolve) =>
    reader.ask(() => void calls.push("take"), () => {
      calls.push("fail");
      resolve();
    })
  );
  await reader.close();
  await Promise.resolve();
  assertEquals(calls, ["fail"]);
});

Deno.test("BodyReader.ask() calls one of its functions, also if the body answers after its close()", async () => {
  const calls: unknown[] = [];
  const asked = Promise.withResolvers<unknown>();
  const reader = new BodyReader({
    [Symbol.asyncIterator]: () => ({ next: () => asked.promise }),
  }, () => {});
  reader.open();
  const taken = new Promise<void>((resolve) =>
    reader.ask((chunk) => {
      calls.push(chunk);
      resolve();
    }, () => {})
  );
  reader.close();
  await taken;
  asked.resolve({ done: false, value: toBytes("late") });
  await setImmediate();
  assertEquals(calls, [undefined]);
});

Deno.test("ResponseWriter.wait() waits for no gate that is open", () => {
  const gate = new Gate();
  const writer = new ResponseWriter({
    sendHead: () => {},
    write: () => gate,
    end: () => {},
    abort: () => {},
  }, "GET");
  writer.head = createHead("200 OK", []);
  writer.send(toBytes("a"));
  let calls = 0;
  const wait = (): boolean => writer.wait(() => void calls++, () => {});
  assertEquals(wait(), false);
  assertEquals(calls, 0);
  gate.close();
  assertEquals(wait(), true);
  assertEquals(calls, 0);
  gate.open();
  assertEquals(calls, 1);
});
