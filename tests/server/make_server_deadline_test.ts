import { assertEquals } from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import { makeServer } from "../../server/make_server.ts";
import type { Application } from "../../wsgi/types.ts";
import { RawClient, within } from "../raw_client.ts";
import { get, serve } from "./serving.ts";

const STOPPED = "The server was stopped before the response was complete\n";
const BLOCK = new Uint8Array(65_536);

/** A body without end that tells how it was ended. */
function endless(events: string[]): Application {
  return (_environ, startResponse) => {
    startResponse("200 OK", []);
    return {
      async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
        try {
          for (;;) yield await Promise.resolve(BLOCK);
        } finally {
          events.push("return");
        }
      },
      close: () => void events.push("close"),
    };
  };
}

Deno.test("WsgiServer.shutdown() answers 503 for an application that does not return", async () => {
  const signals: AbortSignal[] = [];
  const called = Promise.withResolvers<void>();
  await using serving = serve((environ) => {
    signals.push(environ["wsgiref.signal"]!());
    called.resolve();
    return new Promise(() => {});
  }, { shutdownTimeout: 20 });
  using client = await RawClient.connect(serving);
  await client.send(get());
  await called.promise;
  const stopped = serving.server.shutdown();
  const { head, body } = await client.response();
  assertEquals([head.status, body], [503, "503 Service Unavailable\n"]);
  assertEquals(await client.rest(), "");
  await within(stopped, "shutdown()");
  assertEquals(signals.map(({ reason }) => reason.name), ["ServerStopped"]);
  assertEquals(serving.log, [STOPPED]);
});

Deno.test("WsgiServer.shutdown() cuts a response without end", async () => {
  const events: string[] = [];
  await using serving = serve(endless(events), { shutdownTimeout: 20 });
  const served = serving.server.serveForever();
  using client = await RawClient.connect(serving);
  await client.send(get());
  await client.head();
  const stopped = serving.server.shutdown();
  assertEquals((await client.chunks()).complete, false);
  await within(Promise.all([stopped, served]), "shutdown()");
  assertEquals(events, ["return", "close"]);
  assertEquals(serving.log, [STOPPED]);
});

Deno.test("WsgiServer.shutdown() cuts a response to a client that does not read", async () => {
  const events: string[] = [];
  await using serving = serve(endless(events), { shutdownTimeout: 20 });
  using client = await RawClient.connect(serving);
  await client.send(get());
  await client.head();
  await within(serving.server.shutdown(), "shutdown()");
  assertEquals(events, ["return", "close"]);
  assertEquals((await client.chunks()).complete, false);
});

Deno.test("WsgiServer.shutdown() cuts a response whose next chunk never comes", async () => {
  const events: string[] = [];
  await using serving = serve((_environ, startResponse) => {
    startResponse("200 OK", []);
    let calls = 0;
    return {
      [Symbol.asyncIterator]: () => ({
        next: () =>
          calls++ === 0
            ? Promise.resolve({ done: false, value: toBytes("one") })
            : new Promise<never>(() => {}),
        return: () => {
          events.push("return");
          return Promise.resolve({ done: true, value: undefined });
        },
      }),
      close: () => void events.push("close"),
    };
  }, { shutdownTimeout: 20 });
  using client = await RawClient.connect(serving);
  await client.send(get());
  await client.head();
  assertEquals(await client.chunk(), "one");
  const stopped = serving.server.shutdown();
  assertEquals(await client.chunk(), undefined);
  await within(stopped, "shutdown()");
  assertEquals(events, ["return", "close"]);
});

Deno.test("WsgiServer.shutdown() does not wait for a close() that never ends", async () => {
  const closing = Promise.withResolvers<void>();
  await using serving = serve((_environ, startResponse) => {
    startResponse("200 OK", []);
    return Object.assign(
      (function* (): Generator<Uint8Array, void> {
        yield toBytes("x");
      })(),
      {
        close(): Promise<never> {
          closing.resolve();
          return new Promise(() => {});
        },
      },
    );
  }, { shutdownTimeout: 20 });
  using client = await RawClient.connect(serving);
  await client.send(get());
  const { body, complete } = await client.response();
  assertEquals([body, complete], ["x", true]);
  await closing.promise;
  await within(serving.server.shutdown(), "shutdown()");
});

Deno.test("WsgiServer.shutdown() does not wait for a client that leaves its bytes unread", async () => {
  const serving = serve((_environ, startResponse) => {
    startResponse("200 OK", []);
    return [new Uint8Array(64 * 1024 * 1024)];
  }, { shutdownTimeout: 20 });
  const served = serving.server.serveForever();
  using client = await RawClient.connect(serving);
  await client.send(get());
  await client.head();
  await within(serving.server.shutdown(), "shutdown()");
  await within(served, "serveForever()");
  await using next = makeServer("127.0.0.1", serving.port, () => []);
  assertEquals(next.port, serving.port);
});

Deno.test("WsgiServer.shutdown() does not wait for half a request", async () => {
  await using serving = serve(() => {
    throw new Error("not to be called");
  }, { shutdownTimeout: 20 });
  using client = await RawClient.connect(serving);
  await client.send("POST / HTTP/1.1\r\nHost: h");
  await within(serving.server.shutdown(), "shutdown()");
  assertEquals(serving.log, []);
});
