import { assert, assertEquals, assertRejects } from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import { ClientDisconnected } from "../../gateway/cancellation.ts";
import { RequestBodyError } from "../../gateway/input/request_body_error.ts";
import { RawClient, within } from "../raw_client.ts";
import { get, serve } from "./serving.ts";

const BLOCK = new Uint8Array(65_536);

Deno.test("makeServer() tells a waiting application that its client has left", async () => {
  const called = Promise.withResolvers<AbortSignal>();
  const closed = Promise.withResolvers<void>();
  let chunks = 0;
  await using serving = serve(async (environ, startResponse) => {
    const signal = environ["wsgiref.signal"]!();
    const aborted = Promise.withResolvers<void>();
    signal.addEventListener("abort", () => aborted.resolve());
    called.resolve(signal);
    await aborted.promise;
    startResponse("200 OK", []);
    const body = (function* (): Generator<Uint8Array, void> {
      chunks++;
      yield toBytes("x");
    })();
    return Object.assign(body, { close: () => closed.resolve() });
  });
  using client = await RawClient.connect(serving);
  await client.send(get());
  const signal = await within(called.promise, "the application");
  client.close();
  await within(closed.promise, "close()");
  assert(signal.reason instanceof ClientDisconnected);
  assertEquals(chunks, 0);
  assertEquals(serving.log, []);
});

Deno.test("makeServer() ends an upload whose client leaves", async () => {
  const reading = Promise.withResolvers<void>();
  const failed = Promise.withResolvers<unknown>();
  await using serving = serve(async (environ, startResponse) => {
    const input = environ["wsgi.input"];
    assertEquals((await input.read(3)).length, 3);
    reading.resolve();
    await input.read().catch(failed.resolve);
    await assertRejects(() => input.read(1), RequestBodyError);
    startResponse("200 OK", []);
    return [];
  });
  using client = await RawClient.connect(serving);
  await client.send(
    "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nabcdef",
  );
  await within(reading.promise, "the first read()");
  client.close();
  const error = await within(failed.promise, "the rejection of read()");
  assert(error instanceof RequestBodyError);
  assertEquals(error.status, 400);
});

Deno.test("makeServer() logs no stack of an upload that was cut off", async () => {
  const reading = Promise.withResolvers<void>();
  const over = Promise.withResolvers<void>();
  await using serving = serve(async (environ, startResponse) => {
    const read = environ["wsgi.input"].read();
    reading.resolve();
    await read;
    startResponse("200 OK", []);
    return [];
  }, { onError: () => over.resolve() });
  using client = await RawClient.connect(serving);
  await client.send(
    "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc",
  );
  await within(reading.promise, "read()");
  client.close();
  await within(over.promise, "onError");
  assertEquals(serving.log.join("").split("\n").length, 2);
});

Deno.test("write() rejects when the client has left, also unawaited", async () => {
  const outcome = Promise.withResolvers<unknown>();
  await using serving = serve(async (_environ, startResponse) => {
    const write = startResponse("200 OK", []);
    try {
      for (;;) {
        write(BLOCK);
        await write(BLOCK);
      }
    } catch (error) {
      outcome.resolve(error);
    }
    return [];
  });
  using client = await RawClient.connect(serving);
  await client.send(get());
  await client.head();
  client.close();
  const error = await within(outcome.promise, "write() to reject");
  assert(error instanceof ClientDisconnected);
  assertEquals(serving.log, []);
});

// SPEC: ext-signal-success
Deno.test("makeServer() never aborts the signal of a request that ended well", async () => {
  const signals: AbortSignal[] = [];
  await using serving = serve((environ, startResponse) => {
    signals.push(environ["wsgiref.signal"]!());
    startResponse("200 OK", []);
    return environ.PATH_INFO === "/array"
      ? [toBytes("x")]
      : (function* (): Generator<Uint8Array, void> {
        yield toBytes("x");
      })();
  });
  {
    using client = await RawClient.connect(serving);
    for (const path of ["/array", "/generator", "/array"]) {
      await client.send(get(path));
      assertEquals((await client.response()).body, "x");
    }
  }
  await serving.server.shutdown();
  assertEquals(signals.map(({ aborted }) => aborted), [false, false, false]);
});
