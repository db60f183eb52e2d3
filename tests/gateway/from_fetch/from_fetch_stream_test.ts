import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { toBytes } from "../../../wsgi/byte_string.ts";
import {
  type FetchFunction,
  fromFetchHandler,
} from "../../../gateway/from_fetch/from_fetch.ts";
import { CheckedServer } from "../../checked_server.ts";
import { RawClient, within } from "../../raw_client.ts";
import { run } from "../fetch/run_fetch.ts";
import { never, send } from "../../server/serving.ts";

const HEADERS = { "Content-Type": "application/octet-stream" };

/** A Response with the chunks of `next()`, one for each pull. */
function streaming(
  next: () => unknown,
  cancel?: (reason: unknown) => void,
): Response {
  const stream = new ReadableStream({
    async pull(controller): Promise<void> {
      const chunk = await next();
      if (chunk === undefined) controller.close();
      else controller.enqueue(chunk);
    },
    cancel: (reason) => cancel?.(reason),
  }, { highWaterMark: 0 });
  return new Response(stream, { headers: HEADERS });
}

function server(handler: FetchFunction): CheckedServer {
  return new CheckedServer(fromFetchHandler(handler));
}

Deno.test("fromFetchHandler() passes the bytes of a request on while they arrive", async () => {
  await using served = server(({ body }) =>
    new Response(body, { headers: HEADERS })
  );
  // Full blocks: wsgi.input returns no less before the end.
  const block = "b".repeat(65_536);
  using client = await send(
    served,
    `POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n10000\r\n${block}\r\n`,
  );
  await client.head();
  let echoed = 0;
  while (echoed < block.length) echoed += (await client.chunk())!.length;
  await client.send("3\r\nend\r\n0\r\n\r\n");
  assertEquals(await client.chunks(), { body: "end", complete: true });
  await served.assertClean();
});

Deno.test("fromFetchHandler() requests no chunk that the client cannot accept", async () => {
  const block = new Uint8Array(1 << 20);
  const ended = Promise.withResolvers<void>();
  let made = 0;
  await using served = server(() =>
    streaming(() => ++made > 1000 ? undefined : block, () => ended.resolve())
  );
  using client = await send(served);
  await client.head();
  assertEquals(await client.skip(8 << 20), 8 << 20);
  client.close();
  await within(ended.promise, "the stream to be cancelled");
  assert(made < 200, `${made} blocks of 1 MiB were made for 8`);
  await served.verdict();
});

Deno.test("fromFetchHandler() cancels the stream and aborts the signal when the client leaves", async () => {
  const cancelled = Promise.withResolvers<unknown>();
  let signal: AbortSignal | undefined;
  const chunks = [toBytes("first")];
  await using served = server((request) => {
    signal = new Request(request).signal;
    return streaming(() => chunks.shift() ?? never(), cancelled.resolve);
  });
  using client = await send(served);
  await client.head();
  assertEquals(await client.chunk(), "first");
  assertEquals(signal?.aborted, false);
  client.close();
  const reason = await within(cancelled.promise, "the stream to be cancelled");
  assert(signal?.aborted && reason === signal.reason);
  assertEquals((reason as Error).name, "AbortError");
  await served.assertClean();
});

Deno.test("fromFetchHandler() does not abort the signal after success", async () => {
  const signals: AbortSignal[] = [];
  await using served = server(async ({ signal, method }) => {
    signals.push(signal);
    // Longer than the time after which the server is asked for its signal.
    await new Promise((resolve) => setTimeout(resolve, 25));
    return streaming(method === "HEAD" ? never : () => undefined);
  });
  using client = await RawClient.connect(served);
  for (const method of ["GET", "HEAD"]) {
    await client.send(`${method} / HTTP/1.1\r\nHost: h\r\n\r\n`);
    assert((await client.response(method)).complete);
  }
  await served.assertClean();
  assertEquals(signals.map(({ aborted }) => aborted), [false, false]);
});

Deno.test("fromFetchHandler() breaks off a response whose stream fails", async () => {
  let made = 0;
  await using served = server(() =>
    streaming(() => {
      if (++made === 3) throw new Error("disk on fire");
      return toBytes("a");
    })
  );
  using client = await send(served);
  assertEquals((await client.response()).complete, false);
  const { findings, log } = await served.verdict();
  // Logged once: closing the body says nothing new.
  assertEquals([findings, log.match(/disk on fire/g)?.length], [[], 1]);
});

Deno.test.each<[string, () => unknown, string]>([
  ["fails", () => Promise.reject(new Error("disk on fire")), "disk on fire"],
  [
    "has text",
    () => "text",
    'the stream of a Response must contain Uint8Array chunks, got "text"',
  ],
])(
  "fromFetchHandler() answers 500 if the first chunk of the stream %s",
  async (what, next, message) => {
    const cancelled = Promise.withResolvers<void>();
    const stream = () => streaming(next, () => cancelled.resolve());
    const { response, log } = await run(fromFetchHandler(stream));
    assertEquals(response.status, 500);
    await response.body?.cancel();
    assertStringIncludes(log.join(""), message);
    if (what === "has text") await cancelled.promise;
  },
);
