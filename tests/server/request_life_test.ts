// Requests that end in an unusual way: refused, given up, left, cut.

import { assert, assertEquals } from "@std/assert";
import type { AccessRecord } from "../../gateway/access_record.ts";
import { toBytes } from "../../wsgi/byte_string.ts";
import type { Application } from "../../wsgi/types.ts";
import { RawClient, within } from "../raw_client.ts";
import { get, listen, serve } from "./serving.ts";

const hello: Application = (_environ, startResponse) => {
  startResponse("200 OK", []);
  return [toBytes("hello")];
};

/** An application that returns at `/` never. */
function hanging(): { app: Application; called: Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const app: Application = (environ, startResponse) => {
    if (environ.PATH_INFO !== "/") return hello(environ, startResponse);
    resolve();
    return new Promise<never>(() => {});
  };
  return { app, called: promise };
}

Deno.test("a HEAD request that finds no place gets no body", async () => {
  const serving = listen(hello);
  await using _server = serving;
  const clients: RawClient[] = [];
  try {
    // As many as may wait.
    for (let i = 0; i < 128; i++) {
      const client = await RawClient.connect(serving);
      clients.push(client);
      await client.send(get());
    }
    using client = await RawClient.connect(serving);
    await client.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
    const head = await client.head();
    assertEquals(
      [head.status, head.get("content-length"), head.get("connection")],
      [503, "24", "close"],
    );
    assertEquals(await client.rest(), "");
    const shutdown = serving.server.shutdown();
    for (const waiting of clients) {
      assertEquals((await waiting.response()).head.status, 503);
    }
    for (const waiting of clients) waiting.close();
    await shutdown;
  } finally {
    for (const waiting of clients) waiting.close();
  }
  assertEquals(serving.log, []);
});

// SPEC: server-deadline
Deno.test("a request whose client has left gives its place back at its deadline", async () => {
  const { app, called } = hanging();
  await using serving = serve(app, { maxInFlight: 1, requestTimeout: 800 });
  using client = await RawClient.connect(serving);
  await client.send(get());
  await within(called, "the application");
  client.close();
  using next = await RawClient.connect(serving);
  await next.send(get("/next"));
  assertEquals((await next.response()).body, "hello");
});

Deno.test("a request that shutdown() cuts is in the access log", async () => {
  const records: AccessRecord[] = [];
  const { app, called } = hanging();
  await using serving = serve(app, {
    shutdownTimeout: 0,
    log: (record) => void records.push(record),
  });
  using client = await RawClient.connect(serving);
  await client.send(get());
  await within(called, "the application");
  const shutdown = serving.server.shutdown();
  assertEquals((await client.response()).head.status, 503);
  await shutdown;
  assertEquals(
    records.map(({ status, clientLeft }) => [status, clientLeft]),
    [[503, false]],
  );
});

Deno.test("a server keeps no hold on its signal when it has shut down", async () => {
  const listeners = new Set<unknown>();
  const { signal } = new AbortController();
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (type: string, listener: EventListener) => {
    listeners.add(listener);
    add(type, listener);
  };
  signal.removeEventListener = (type: string, listener: EventListener) => {
    listeners.delete(listener);
    remove(type, listener);
  };
  const serving = serve(hello, { signal });
  assertEquals(listeners.size, 1);
  await serving.server.shutdown();
  assertEquals(listeners.size, 0);
});

Deno.test("a server whose signal has aborted before serves nothing", async () => {
  const serving = serve(hello, { signal: AbortSignal.abort() });
  await within(serving.server.finished, "finished");
  let refused = false;
  await RawClient.connect(serving).then(
    (client) => client.close(),
    () => refused = true,
  );
  assert(refused);
});

Deno.test("handleRequest() takes a further request of a connection that stays open", async () => {
  await using serving = listen(hello);
  using client = await RawClient.connect(serving);
  using idle = await RawClient.connect(serving);
  await idle.send("");
  for (let i = 0; i < 3; i++) {
    await client.send(get());
    await within(serving.server.handleRequest(), "handleRequest()");
    assertEquals((await client.response()).body, "hello");
  }
  // Idle connections hold no shutdown up, and see their end.
  await within(serving.server.shutdown(), "shutdown()");
  assertEquals([await client.rest(), await idle.rest()], ["", ""]);
});
