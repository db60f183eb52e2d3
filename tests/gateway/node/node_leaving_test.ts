// The kit has clients that leave before the first chunk or while reading.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { ClientDisconnected } from "../../../gateway/cancellation.ts";
import { within } from "../../raw_client.ts";
import { get, send } from "../../server/serving.ts";
import { untilAborted } from "../left_client.ts";
import { hanging } from "../recording_body.ts";
import { answering, Events } from "../recording_transport.ts";
import { serveNode } from "./node_serving.ts";

Deno.test.each(["close", "closeWrite"] as const)(
  "toNodeListener() closes the body of a client that leaves by %s()",
  async (leave) => {
    const events = new Events();
    const reason = Promise.withResolvers<unknown>();
    await using serving = await serveNode(answering((environ) => {
      untilAborted(environ).then(reason.resolve);
      return hanging(events);
    }));
    using client = await send(serving);
    await within(events.seen("next"), "the body");
    await client[leave]();
    if (leave === "closeWrite") assertEquals(await client.rest(), "");
    const error = await within(reason.promise, "the signal");
    assert(error instanceof ClientDisconnected);
    await within(events.seen("close"), "close()");
    assertEquals(events.list, ["next", "return", "close"]);
  },
);

Deno.test("toNodeListener() rejects write() when the client leaves", async () => {
  const events = new Events();
  await using serving = await serveNode(async (_environ, startResponse) => {
    const write = startResponse("200 OK", []);
    await assertRejects(async () => {
      for (;;) {
        await write(new Uint8Array(65_536));
        events.add("written");
      }
    }, ClientDisconnected);
    events.add("rejected");
    return [];
  });
  using client = await send(serving);
  await within(events.seen("written"), "the first chunk");
  client.close();
  await within(events.seen("rejected"), "write() to reject");
});

Deno.test("toNodeListener() closes the bodies of pipelined requests when the client leaves", async () => {
  const count = 15;
  const all = Array.from({ length: count }, () => new Events());
  let calls = 0;
  await using serving = await serveNode(
    answering(() => hanging(all[calls++]!)),
  );
  using client = await send(serving, get().repeat(count));
  const seen = (event: string) =>
    within(Promise.all(all.map((events) => events.seen(event))), event);
  await seen("next");
  client.close();
  await seen("close");
  assertEquals(calls, count);
});
