import {
  assert,
  assertEquals,
  assertFalse,
  assertStringIncludes,
} from "@std/assert";
import { toBytes } from "../../../wsgi/byte_string.ts";
import {
  type FetchFunction,
  fromFetchHandler,
} from "../../../gateway/from_fetch/from_fetch.ts";
import { CheckedServer } from "../../checked_server.ts";
import { RawClient, within } from "../../raw_client.ts";
import { run } from "../fetch/run_fetch.ts";
import { get } from "../../server/serving.ts";

const HEADERS = { "Content-Type": "application/octet-stream" };

/** A Response of what `next` gives, one chunk for each pull. */
function streaming(
  next: () => Promise<Uint8Array | undefined>,
  cancel?: (reason: unknown) => void,
): Response {
  const stream = new ReadableStream<Uint8Array>({
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

const never = (): Promise<never> => new Promise(() => {});

/** A client that has sent a request. */
async function asking(
  served: CheckedServer,
  request: string = get(),
): Promise<RawClient> {
  const client = await RawClient.connect(served);
  await client.send(request);
  return client;
}

Deno.test("fromFetchHandler() sends the first chunk before the second is there", async () => {
  const second = Promise.withResolvers<void>();
  let made = 0;
  await using served = server(() =>
    streaming(async () => {
      made++;
      if (made === 2) await second.promise;
      return made === 3 ? undefined : toBytes(`chunk ${made}`);
    })
  );
  using client = await asking(served);
  const head = await client.head();
  assertEquals(head.status, 200);
  assertEquals(await client.chunk(), "chunk 1");
  second.resolve();
  assertEquals(await client.chunks(), { body: "chunk 2", complete: true });
  await served.assertClean();
});

Deno.test("fromFetchHandler() gives the handler the bytes of a request while they come", async () => {
  await using served = server((request) =>
    new Response(request.body, { headers: HEADERS })
  );
  using client = await RawClient.connect(served);
  await client.send(
    "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n",
  );
  // Full blocks: wsgi.input gives no less before the end.
  const block = "b".repeat(65_536);
  await client.send(`10000\r\n${block}\r\n`);
  await client.head();
  let echoed = 0;
  while (echoed < block.length) echoed += (await client.chunk())!.length;
  await client.send("3\r\nend\r\n0\r\n\r\n");
  assertEquals(await client.chunks(), { body: "end", complete: true });
  await served.assertClean();
});

Deno.test("fromFetchHandler() makes no chunk that the client cannot take", async () => {
  const block = new Uint8Array(1 << 20);
  const ended = Promise.withResolvers<void>();
  let made = 0;
  await using served = server(() =>
    streaming(
      () => Promise.resolve(++made > 1000 ? undefined : block),
      () => ended.resolve(),
    )
  );
  using client = await asking(served);
  await client.head();
  assertEquals(await client.skip(8 << 20), 8 << 20);
  client.close();
  await within(ended.promise, "the stream to be cancelled");
  assert(made < 200, `${made} blocks of 1 MiB were made for 8`);
  await served.verdict();
});

Deno.test("fromFetchHandler() cancels the stream and aborts the signal of a client that leaves", async () => {
  const cancelled = Promise.withResolvers<unknown>();
  let signal: AbortSignal | undefined;
  let isFirst = true;
  await using served = server((request) => {
    signal = new Request(request).signal;
    return streaming(
      () => {
        if (!isFirst) return new Promise(() => {});
        isFirst = false;
        return Promise.resolve(toBytes("first"));
      },
      cancelled.resolve,
    );
  });
  using client = await asking(served);
  await client.head();
  assertEquals(await client.chunk(), "first");
  assertFalse(signal?.aborted);
  client.close();
  const reason = await within(cancelled.promise, "the stream to be cancelled");
  assert(signal?.aborted);
  assertEquals((signal.reason as Error).name, "AbortError");
  assertEquals(reason, signal.reason);
  await served.assertClean();
});

Deno.test("fromFetchHandler() cancels what the handler answers to a client that has left", async () => {
  const called = Promise.withResolvers<void>();
  const cancelled = Promise.withResolvers<void>();
  await using served = server(async ({ signal }) => {
    called.resolve();
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    return streaming(never, () => cancelled.resolve());
  });
  using client = await asking(served);
  await within(called.promise, "the handler");
  client.close();
  await within(cancelled.promise, "the stream to be cancelled");
  await served.assertClean();
});

Deno.test("fromFetchHandler() leaves the signal alone after success", async () => {
  const signals: AbortSignal[] = [];
  await using served = server(async ({ signal, method }) => {
    signals.push(signal);
    await new Promise((resolve) => setTimeout(resolve, 25));
    return method === "HEAD"
      ? streaming(never)
      : streaming(() => Promise.resolve(undefined));
  });
  using client = await RawClient.connect(served);
  for (const method of ["GET", "HEAD"]) {
    await client.send(`${method} / HTTP/1.1\r\nHost: h\r\n\r\n`);
    assert((await client.response(method)).complete);
  }
  await served.assertClean();
  assertEquals(signals.map(({ aborted }) => aborted), [false, false]);
});

Deno.test("fromFetchHandler() keeps a connection usable after a body that nobody read", async () => {
  await using served = server(() => new Response("no", { headers: HEADERS }));
  using client = await RawClient.connect(served);
  for (let i = 0; i < 3; i++) {
    await client.send(
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nabcde",
    );
    assertEquals((await client.response()).body, "no");
  }
  await served.assertClean();
});

Deno.test("fromFetchHandler() breaks a response off whose stream fails", async () => {
  let made = 0;
  await using served = server(() =>
    streaming(async () => {
      if (++made === 3) throw new Error("disk on fire");
      return await Promise.resolve(toBytes("a"));
    })
  );
  using client = await asking(served);
  assertFalse((await client.response()).complete);
  const { findings, log } = await served.verdict();
  assertEquals(findings, []);
  // Told once: closing the body says nothing new.
  assertEquals(log.match(/disk on fire/g), ["disk on fire"]);
});

Deno.test("fromFetchHandler() answers 500 if the stream fails before its first chunk", async () => {
  const fail = () => Promise.reject(new Error("disk on fire"));
  const { response, log } = await run(fromFetchHandler(() => streaming(fail)));
  assertEquals(response.status, 500);
  await response.body?.cancel();
  assertStringIncludes(log.join(""), "disk on fire");
});

Deno.test("fromFetchHandler() refuses a stream of something else than bytes", async () => {
  const cancelled = Promise.withResolvers<void>();
  const stream = new ReadableStream<unknown>({
    pull: (controller) => controller.enqueue("text"),
    cancel: () => cancelled.resolve(),
  });
  const { response, log } = await run(
    fromFetchHandler(() => new Response(stream as ReadableStream<Uint8Array>)),
  );
  assertEquals(response.status, 500);
  await response.body?.cancel();
  assertStringIncludes(
    log.join(""),
    'the stream of a Response must contain Uint8Array chunks, got "text"',
  );
  await cancelled.promise;
});

Deno.test("fromFetchHandler() tells a handler that the client left within its body", async () => {
  const called = Promise.withResolvers<void>();
  const failed = Promise.withResolvers<unknown>();
  await using served = server(async (request) => {
    called.resolve();
    try {
      return new Response(await request.text());
    } catch (error) {
      failed.resolve(error);
      throw error;
    }
  });
  const head = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n";
  using client = await asking(served, `${head}\r\na`);
  await within(called.promise, "the handler");
  client.close();
  const error = await within(failed.promise, "the reading to fail");
  assertEquals((error as Error).name, "RequestBodyError");
  assertEquals((await served.verdict()).findings, []);
});
