// Clients that leave at each point of a request, over each kind of connection.
// The application is notified, and its body is closed once.

import { assert, assertEquals } from "@std/assert";
import { once } from "node:events";
import { connect } from "node:net";
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
  hello,
  post,
  recorded,
  send,
  serve,
  type Serving,
  TLS,
  WatchedBody,
} from "./serving.ts";

const BLOCK = new Uint8Array(65_536);

const RESET = "HTTP/1.1 with a reset";

/** The ways to connect; a client leaves by closing its connection, or by RESET. */
const KINDS: readonly [string, ServerOptions][] = [
  ["HTTP/1.1", {}],
  [RESET, {}],
  ["HTTP/1.0", {}],
  ["TLS", TLS],
];

/** What the application does, and the request. */
const ACTIONS: Readonly<Record<string, string>> = {
  waits: post(""),
  "waits before a pipelined request": post("") + get("/next"),
  reads: post("abcdef", 100),
  uploads: post("abcdef", 100),
  "uploads in chunks": post("").replace(
    /Content-Length.*\r\n\r\n/,
    "Transfer-Encoding: chunked\r\n\r\nff\r\nabcdef",
  ),
  streams: post(""),
  "has sent a chunk": post(""),
};

/** Connects and sends a request; returns a function that leaves. */
async function visit(
  serving: Serving,
  kind: string,
  request: string,
  options: ServerOptions = {},
): Promise<() => Promise<void>> {
  if (kind !== RESET) {
    const conn = await dial(serving, options);
    await conn.write(toBytes(request));
    return () => Promise.resolve(conn.close());
  }
  const socket = connect(serving.port, "127.0.0.1").pause();
  await within(once(socket, "connect"), "the connection");
  await new Promise((done) => socket.write(request, "latin1", done));
  return async () => {
    const closed = once(socket, "close");
    socket.resetAndDestroy();
    await within(closed, "the end of the connection");
  };
}

for (const [kind, options] of KINDS) {
  const version = kind === "HTTP/1.0" ? kind : "HTTP/1.1";
  const actions = Object.entries(ACTIONS).filter(([action]) =>
    version === "HTTP/1.1" || action !== "uploads in chunks"
  );
  Deno.test.each(actions)(
    `makeServer() notices over ${kind} that a client leaves while its application %s`,
    async (action, request) => {
      const started = Promise.withResolvers<AbortSignal>();
      const events = new Happenings();
      const { app, paths } = recorded(async (environ, startResponse) => {
        const signal = environ["wsgiref.signal"]!();
        const input = environ["wsgi.input"];
        if (action.startsWith("uploads")) await input.read(3);
        if (action !== "streams") started.resolve(signal);
        if (action === "reads" || action.startsWith("uploads")) {
          const error = await input.read().catch((error) => error);
          assert(error instanceof RequestBodyError && error.status === 400);
        }
        if (action.startsWith("waits")) await aborted(signal);
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
      });
      await using serving = serve(app, options);
      const text = request.replace("HTTP/1.1", version);
      const leave = await visit(serving, kind, text, options);
      const signal = await within(started.promise, "the application");
      await leave();
      await events.soon("close");
      assert(signal.aborted && signal.reason instanceof ClientDisconnected);
      await serving.server.shutdown();
      assertEquals([events.seen, serving.log, paths], [["close"], [], ["/"]]);
    },
  );
}

Deno.test.each([["HTTP/1.1"], [RESET]])(
  "makeServer() keeps nothing for a client that leaves over %s before its head is complete",
  async (kind) => {
    // A request that is left behind makes shutdown() take too long.
    await using serving = serve(hello, { shutdownTimeout: 60_000 });
    for (const sent of ["", "GET / HT", get().slice(0, -2)]) {
      await (await visit(serving, kind, sent))();
      assertEquals((await ask(serving, get())).body, "hello");
    }
    await within(serving.server.shutdown(), "shutdown()");
    assertEquals(serving.log, []);
  },
);

// SPEC: server-deadline
Deno.test("makeServer() frees the place of a request whose client has left at its deadline, and skips clients that have left the queue", async () => {
  const hung = hanging();
  const { app, paths } = recorded(hung.app);
  await using serving = serve(app, { maxInFlight: 1, requestTimeout: 800 });
  const leave = await visit(serving, RESET, get());
  await within(hung.called, "the application");
  await (await visit(serving, RESET, get("/skipped")))();
  const next = ask(serving, get("/next"));
  await leave();
  assertEquals((await next).body, "hello");
  assertEquals([paths, serving.log], [["/", "/next"], []]);
});

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
