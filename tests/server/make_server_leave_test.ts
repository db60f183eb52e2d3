// What makeServer() does when a client leaves; the plain cases are in the kit.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import { ClientDisconnected } from "../../gateway/cancellation.ts";
import { RequestBodyError } from "../../gateway/input/request_body_error.ts";
import type { Application, ResponseBody } from "../../wsgi/types.ts";
import { ask, RawClient, within } from "../raw_client.ts";
import { get, serve } from "./serving.ts";

const BLOCK = new Uint8Array(65_536);

/** A body that tells what is done with it. */
interface Watched {
  readonly body: ResponseBody;
  /** Which of `return` and `close` were called, in order. */
  readonly events: string[];
  /** Resolves when the body is closed. */
  readonly closed: Promise<void>;
}

/** Makes a body of what `next` gives. */
function watch(
  next: () =>
    | IteratorResult<Uint8Array, void>
    | Promise<
      IteratorResult<Uint8Array, void>
    >,
): Watched {
  const events: string[] = [];
  const closed = Promise.withResolvers<void>();
  const iterator: AsyncIterator<Uint8Array, void> = {
    next: async () => await next(),
    return: () => {
      events.push("return");
      return Promise.resolve({ done: true, value: undefined });
    },
  };
  const body = {
    [Symbol.asyncIterator]: () => iterator,
    close: () => {
      events.push("close");
      closed.resolve();
    },
  };
  return { body, events, closed: closed.promise };
}

/** An application with this body, and with none at `/next`. */
function returning(body: ResponseBody): Application {
  return (environ, startResponse) => {
    startResponse("200 OK", []);
    return environ.PATH_INFO === "/next" ? [] : body;
  };
}

Deno.test("makeServer() sees a client leave before the first chunk, unasked", async () => {
  const asked = Promise.withResolvers<void>();
  const { body, events, closed } = watch(() => {
    asked.resolve();
    return new Promise(() => {});
  });
  await using serving = serve(returning(body));
  using client = await RawClient.connect(serving);
  await client.send(get());
  await within(asked.promise, "next()");
  client.close();
  await within(closed, "close()");
  assertEquals(events, ["return", "close"]);
  assertEquals(serving.log, []);
});

Deno.test("makeServer() goes on when an application never returns to its client", async () => {
  const called = Promise.withResolvers<void>();
  await using serving = serve((environ, startResponse) => {
    startResponse("200 OK", []);
    if (environ.PATH_INFO === "/next") return [];
    called.resolve();
    return new Promise(() => {});
  }, { shutdownTimeout: 20 });
  using client = await RawClient.connect(serving);
  await client.send(get());
  await within(called.promise, "the application");
  client.close();
  assertEquals((await ask(serving, get("/next"))).head.status, 200);
});

Deno.test("makeServer() runs the finally of a generator whose client leaves", async () => {
  for (const isAsync of [false, true]) {
    const ended = Promise.withResolvers<string>();
    await using serving = serve((_environ, startResponse) => {
      startResponse("200 OK", []);
      return isAsync
        ? (async function* (): AsyncGenerator<Uint8Array, void> {
          try {
            for (;;) yield await Promise.resolve(BLOCK);
          } finally {
            ended.resolve("finally");
          }
        })()
        : (function* (): Generator<Uint8Array, void> {
          try {
            for (;;) yield BLOCK;
          } finally {
            ended.resolve("finally");
          }
        })();
    });
    using client = await RawClient.connect(serving);
    await client.send(get());
    await client.head();
    client.close();
    assertEquals(await within(ended.promise, "finally"), "finally");
    assertEquals(serving.log, []);
  }
});

Deno.test("makeServer() closes a body whose next() is pending when its client leaves", async () => {
  const pending = Promise.withResolvers<IteratorResult<Uint8Array, void>>();
  let calls = 0;
  const { body, events, closed } = watch(() =>
    calls++ === 0 ? { done: false, value: toBytes("one") } : pending.promise
  );
  await using serving = serve(returning(body));
  using client = await RawClient.connect(serving);
  await client.send(get());
  await client.head();
  assertEquals(await client.chunk(), "one");
  client.close();
  await within(closed, "close()");
  assertEquals(events, ["return", "close"]);
  // What comes too late is neither sent nor followed by another question.
  pending.resolve({ done: false, value: toBytes("two") });
  assertEquals((await ask(serving, get("/next"))).head.status, 200);
  assertEquals([events, calls], [["return", "close"], 2]);
  assertEquals(serving.log, []);
});

Deno.test("makeServer() answers a client that has ended its sending side", async () => {
  let left = 20;
  const { body, events, closed } = watch(() =>
    left-- > 0
      ? { done: false, value: BLOCK }
      : { done: true, value: undefined }
  );
  await using serving = serve(returning(body));
  using client = await RawClient.connect(serving);
  await client.send(get());
  await client.closeWrite();
  await client.head();
  const { body: received, complete } = await client.chunks();
  assertEquals([received.length, complete], [20 * BLOCK.length, true]);
  assertEquals(await client.rest(), "");
  await within(closed, "close()");
  assertEquals(events, ["close"]);
});

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
