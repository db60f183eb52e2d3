// Clients that leave at each point of a request, over each kind of connection.
// The application is notified, and its body is closed once.

import { assert, assertEquals } from "@std/assert";
import { ClientDisconnected } from "../../gateway/cancellation.ts";
import { RequestBodyError } from "../../gateway/input/request_body_error.ts";
import type { ServerOptions } from "../../server/make_server.ts";
import { toBytes } from "../../wsgi/byte_string.ts";
import { Happenings } from "../happenings.ts";
import { ask, within } from "../raw_client.ts";
import {
  aborted,
  answer,
  dial,
  get,
  hanging,
  post,
  send,
  serve,
  TLS,
  WatchedBody,
} from "./serving.ts";

const BLOCK = new Uint8Array(65_536);

const KINDS: readonly [string, ServerOptions][] = [
  ["HTTP/1.1", {}],
  ["HTTP/1.0", {}],
  ["TLS", TLS],
];

const ACTIONS = ["waits", "reads", "streams", "has sent a chunk", "uploads"];

for (const [name, options] of KINDS) {
  Deno.test.each(ACTIONS.map((action) => [action] as [string]))(
    `makeServer() notices over ${name} that a client leaves while its application %s`,
    async (action) => {
      const started = Promise.withResolvers<AbortSignal>();
      const events = new Happenings();
      await using serving = serve(async (environ, startResponse) => {
        const signal = environ["wsgiref.signal"]!();
        const input = environ["wsgi.input"];
        if (action === "uploads") await input.read(3);
        if (action !== "streams") started.resolve(signal);
        if (action === "reads" || action === "uploads") {
          const error = await input.read().catch((error) => error);
          assert(error instanceof RequestBodyError && error.status === 400);
        }
        if (action === "waits") await aborted(signal);
        startResponse("200 OK", []);
        async function* body(): AsyncGenerator<Uint8Array, void> {
          if (action === "has sent a chunk") {
            yield BLOCK;
            await aborted(signal);
          }
          for (;;) {
            yield BLOCK;
            started.resolve(signal);
            await Promise.resolve();
          }
        }
        return Object.assign(body(), { close: () => events.happen("close") });
      }, options);
      const conn = await dial(serving, options);
      const isUpload = action === "reads" || action === "uploads";
      const request = isUpload ? post("abcdef", 100) : post("");
      const version = name === "TLS" ? "HTTP/1.1" : name;
      await conn.write(toBytes(request.replace("HTTP/1.1", version)));
      const signal = await within(started.promise, "the application");
      conn.close();
      await events.soon("close");
      assert(signal.aborted && signal.reason instanceof ClientDisconnected);
      await serving.server.shutdown();
      assertEquals([events.seen, serving.log], [["close"], []]);
    },
  );
}

Deno.test.each([[true], [false]])(
  "makeServer() keeps a complete body for an application that reads late, half-closed: %s",
  async (isHalfClosed) => {
    const called = Promise.withResolvers<void>();
    const outcome = Promise.withResolvers<number>();
    await using serving = serve(async (environ, startResponse) => {
      const signal = environ["wsgiref.signal"]!();
      called.resolve();
      if (!isHalfClosed) await aborted(signal);
      const { length } = await environ["wsgi.input"].read();
      outcome.resolve(length);
      startResponse("200 OK", []);
      return [];
    });
    using client = await send(serving, post("x".repeat(50_000)));
    await client.closeWrite();
    await within(called.promise, "the application");
    assertEquals(await within(outcome.promise, "read()"), 50_000);
  },
);

Deno.test("makeServer() continues when an application never returns after its client has left", async () => {
  const { app, called } = hanging();
  await using serving = serve(app, { shutdownTimeout: 20 });
  using client = await send(serving);
  await within(called, "the application");
  client.close();
  assertEquals((await ask(serving, get("/next"))).head.status, 200);
});

Deno.test.each([[0], [1]])(
  "makeServer() closes a body that waits for chunk %d when its client leaves",
  async (waitsAt) => {
    const events = new Happenings();
    const pending = Promise.withResolvers<Uint8Array>();
    const watched = new WatchedBody((index) => {
      if (index < waitsAt) return toBytes("one");
      events.happen("next()");
      return pending.promise;
    });
    await using serving = serve(watched.app);
    using client = await send(serving);
    await events.soon("next()");
    if (waitsAt === 1) {
      await client.head();
      assertEquals(await client.chunk(), "one");
    }
    client.close();
    await within(watched.closed, "close()");
    // A chunk that comes too late is not sent, and no further one is requested.
    pending.resolve(toBytes("two"));
    assertEquals((await ask(serving, get("/next"))).head.status, 200);
    assertEquals(watched.events, ["return", "close"]);
    assertEquals([watched.calls, serving.log], [waitsAt + 1, []]);
  },
);

Deno.test("makeServer() logs no stack for an upload that was cut off", async () => {
  const events = new Happenings();
  await using serving = serve(async (environ) => {
    const read = environ["wsgi.input"].read();
    events.happen("read()");
    return [await read];
  }, { onError: () => events.happen("onError") });
  using client = await send(serving, post("abc", 9));
  await events.soon("read()");
  client.close();
  await events.soon("onError");
  assertEquals(serving.log.join("").split("\n").length, 2);
});

Deno.test("write() rejects when the client has left, even if it is not awaited", async () => {
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
  using client = await send(serving);
  await client.head();
  client.close();
  const error = await within(outcome.promise, "write() to reject");
  assert(error instanceof ClientDisconnected);
  assertEquals(serving.log, []);
});

// SPEC: ext-signal-success
Deno.test("makeServer() never aborts the signal of a request that succeeded", async () => {
  const signals: AbortSignal[] = [];
  await using serving = serve(
    answer((environ) => {
      signals.push(environ["wsgiref.signal"]!());
      const chunks = [toBytes("x")];
      return environ.PATH_INFO === "/array" ? chunks : new Set(chunks);
    }),
    { requestTimeout: 60_000 },
  );
  {
    using client = await send(serving, "");
    for (const path of ["/array", "/generator", "/array"]) {
      await client.send(get(path));
      assertEquals((await client.response()).body, "x");
    }
  }
  await serving.server.shutdown();
  assertEquals(signals.map(({ aborted }) => aborted), [false, false, false]);
  assertEquals(serving.log, []);
});

// SPEC: server-deadline
Deno.test("makeServer() frees the place of a request whose client has left at its deadline", async () => {
  const { app, called } = hanging();
  await using serving = serve(app, { maxInFlight: 1, requestTimeout: 800 });
  using client = await send(serving);
  await within(called, "the application");
  client.close();
  assertEquals((await ask(serving, get("/next"))).body, "hello");
});
