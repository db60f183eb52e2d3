// The kit has clients that leave before the first chunk or while reading.

import { assert, assertEquals } from "@std/assert";
import { ClientDisconnected } from "../../../gateway/cancellation.ts";
import type { ResponseBody } from "../../../wsgi/types.ts";
import { within } from "../../raw_client.ts";
import { get, send } from "../../server/serving.ts";
import { untilAborted } from "../left_client.ts";
import { answering } from "../recording_transport.ts";
import { serveNode } from "./node_serving.ts";

const never = new Promise<never>(() => {});

/** A body that waits, and calls functions when it is read and closed. */
function waiting(onNext: () => void, onClose: () => void): ResponseBody {
  const iterator = { next: () => (onNext(), never) };
  return { [Symbol.asyncIterator]: () => iterator, close: onClose };
}

Deno.test.each(["close", "closeWrite"] as const)(
  "toNodeListener() closes the body of a client that leaves by %s()",
  async (leave) => {
    const events: string[] = [];
    const called = Promise.withResolvers<void>();
    const closed = Promise.withResolvers<void>();
    const reason = Promise.withResolvers<unknown>();
    await using serving = await serveNode(answering((environ) => {
      untilAborted(environ).then(reason.resolve);
      return waiting(
        () => (events.push("next"), called.resolve()),
        () => (events.push("close"), closed.resolve()),
      );
    }));
    using client = await send(serving);
    await within(called.promise, "the body");
    await client[leave]();
    if (leave === "closeWrite") assertEquals(await client.rest(), "");
    assert(
      await within(reason.promise, "the signal") instanceof ClientDisconnected,
    );
    await within(closed.promise, "close()");
    assertEquals(events, ["next", "close"]);
  },
);

Deno.test("toNodeListener() rejects write() when the client leaves", async () => {
  const called = Promise.withResolvers<void>();
  const rejected = Promise.withResolvers<unknown>();
  await using serving = await serveNode(async (_environ, startResponse) => {
    const write = startResponse("200 OK", []);
    try {
      for (;;) {
        await write(new Uint8Array(65_536));
        called.resolve();
      }
    } catch (error) {
      rejected.resolve(error);
      return [];
    }
  });
  using client = await send(serving);
  await within(called.promise, "the first chunk");
  client.close();
  const error = await within(rejected.promise, "write() to reject");
  assert(error instanceof ClientDisconnected);
});

Deno.test("toNodeListener() closes the bodies of pipelined requests when the client leaves", async () => {
  const [all, called] = [0, 1].map(() => Promise.withResolvers<void>());
  const count = 15;
  let calls = 0;
  let closes = 0;
  await using serving = await serveNode(answering(() => {
    if (++calls === count) called!.resolve();
    return waiting(() => {}, () => {
      if (++closes === count) all!.resolve();
    });
  }));
  using client = await send(serving, get().repeat(count));
  await within(called!.promise, "all requests");
  client.close();
  await within(all!.promise, "all bodies to be closed");
  assertEquals(closes, count);
});
