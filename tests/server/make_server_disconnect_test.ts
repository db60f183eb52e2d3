import { assertEquals } from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
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

Deno.test("makeServer() closes the body of a client that leaves between chunks", async () => {
  const { body, events, closed } = watch(() => ({ done: false, value: BLOCK }));
  await using serving = serve(returning(body));
  using client = await RawClient.connect(serving);
  await client.send(get());
  await client.head();
  assertEquals((await client.chunk())?.length, BLOCK.length);
  client.close();
  await within(closed, "close()");
  assertEquals(events, ["return", "close"]);
  assertEquals(serving.log, []);
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

Deno.test("makeServer() takes a client that ends its sending for one that has left", async () => {
  const { body, events, closed } = watch(() => ({ done: false, value: BLOCK }));
  await using serving = serve(returning(body));
  using client = await RawClient.connect(serving);
  await client.send(get());
  await client.closeWrite();
  await client.head();
  assertEquals((await client.chunks()).complete, false);
  await within(closed, "close()");
  assertEquals(events, ["return", "close"]);
});
