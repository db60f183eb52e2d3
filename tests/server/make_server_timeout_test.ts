import { assert, assertEquals } from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import type { Application, ResponseBody } from "../../wsgi/types.ts";
import { ask, RawClient, within } from "../raw_client.ts";
import { get, listen, serve } from "./serving.ts";

const LATE = "The request was not complete at its deadline\n";
const BLOCK = new Uint8Array(65_536);

const hello: Application = (_environ, startResponse) => {
  startResponse("200 OK", []);
  return [toBytes("hello")];
};

/** A body that yields `chunks` and then never anything, and tells its end. */
function stalling(events: string[], ...chunks: Uint8Array[]): ResponseBody {
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => {
        const value = chunks.shift();
        return value === undefined
          ? new Promise<never>(() => {})
          : Promise.resolve({ done: false, value });
      },
      return: () => {
        events.push("return");
        return Promise.resolve({ done: true, value: undefined });
      },
    }),
    close: () => void events.push("close"),
  };
}

// SPEC: server-deadline, ext-signal-aborts
Deno.test("makeServer() answers 503 at the deadline of a request without a head", async () => {
  const signals: AbortSignal[] = [];
  await using serving = serve((environ, startResponse) => {
    if (environ.PATH_INFO === "/next") return hello(environ, startResponse);
    signals.push(environ["wsgiref.signal"]!());
    return new Promise(() => {});
  }, { requestTimeout: 30 });
  using client = await RawClient.connect(serving);
  await client.send(get());
  const { head, body, complete } = await client.response();
  assertEquals(
    [head.status, body, complete],
    [503, "503 Service Unavailable\n", true],
  );
  assertEquals(signals.map(({ reason }) => reason.name), ["RequestTimeout"]);
  assertEquals(serving.log, [LATE]);
  // The connection is still good, and nothing is left for a shutdown to cut.
  await client.send(get("/next"));
  assertEquals((await client.response()).body, "hello");
  await within(serving.server.shutdown(), "shutdown()");
});

Deno.test("makeServer() breaks a response at its deadline, and closes its body once", async () => {
  const events: string[] = [];
  await using serving = serve((_environ, startResponse) => {
    startResponse("200 OK", []);
    return stalling(events, toBytes("one"));
  }, { requestTimeout: 30 });
  const { head, body, complete } = await ask(serving, get());
  assertEquals([head.status, body, complete], [200, "one", false]);
  await serving.server.shutdown();
  assertEquals(events, ["return", "close"]);
  assertEquals(serving.log, [LATE]);
});

Deno.test("makeServer() answers 503 at the deadline of a body without a chunk", async () => {
  const events: string[] = [];
  await using serving = serve((_environ, startResponse) => {
    startResponse("200 OK", []);
    return stalling(events);
  }, { requestTimeout: 30 });
  assertEquals((await ask(serving, get())).head.status, 503);
  assertEquals(events, ["return", "close"]);
});

Deno.test("makeServer() ends a response to a client that does not read, at its deadline", async () => {
  const events: string[] = [];
  const closed = Promise.withResolvers<void>();
  await using serving = serve((_environ, startResponse) => {
    startResponse("200 OK", []);
    return {
      async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
        try {
          for (;;) yield await Promise.resolve(BLOCK);
        } finally {
          events.push("return");
        }
      },
      close(): void {
        events.push("close");
        closed.resolve();
      },
    };
  }, { requestTimeout: 50 });
  using client = await RawClient.connect(serving);
  await client.send(get());
  await within(closed.promise, "close()");
  assertEquals(events, ["return", "close"]);
  assertEquals((await client.response()).complete, false);
});

// SPEC: close-awaited
Deno.test("makeServer() does not wait for close() beyond the deadline", async () => {
  await using serving = listen((_environ, startResponse) => {
    startResponse("200 OK", []);
    const body = (function* (): Generator<Uint8Array, void> {
      yield toBytes("x");
    })();
    return Object.assign(body, { close: () => new Promise(() => {}) });
  }, { requestTimeout: 30 });
  const handled = serving.server.handleRequest();
  const { body, complete } = await ask(serving, get());
  assertEquals([body, complete], ["x", true]);
  await within(handled, "handleRequest()");
  await within(serving.server.shutdown(), "shutdown()");
  assertEquals(serving.log, []);
});

Deno.test("WsgiServer.handleRequest() resolves at the deadline of its request", async () => {
  await using serving = listen(
    () => new Promise(() => {}),
    { requestTimeout: 30 },
  );
  const handled = serving.server.handleRequest();
  assertEquals((await ask(serving, get())).head.status, 503);
  await within(handled, "handleRequest()");
});

// SPEC: close-late-return, async-late-rejection
Deno.test("makeServer() closes a body that comes after the deadline, unread", async () => {
  const events: string[] = [];
  const returning = Promise.withResolvers<ResponseBody>();
  const failing = Promise.withResolvers<ResponseBody>();
  await using serving = serve((environ, startResponse) => {
    startResponse("200 OK", []);
    return environ.PATH_INFO === "/fail" ? failing.promise : returning.promise;
  }, { requestTimeout: 30 });
  const statuses = await Promise.all(
    ["/fail", "/return"].map(async (path) =>
      (await ask(serving, get(path))).head.status
    ),
  );
  assertEquals(statuses, [503, 503]);
  returning.resolve(stalling(events, toBytes("late")));
  failing.reject(new Error("late"));
  await serving.server.shutdown();
  assertEquals(events, ["return", "close"]);
});

Deno.test("makeServer() gives each of many requests its own deadline", async () => {
  let calls = 0;
  await using serving = serve(async (environ, startResponse) => {
    calls++;
    if (environ.PATH_INFO === "/never") await new Promise(() => {});
    return hello(environ, startResponse);
  }, { requestTimeout: 200 });
  const paths = Array.from({ length: 40 }, (_, i) => i % 4 ? "/" : "/never");
  const started = performance.now();
  const responses = await Promise.all(
    paths.map((path) => ask(serving, get(path))),
  );
  assertEquals(
    responses.map(({ head }) => head.status),
    paths.map((path) => path === "/never" ? 503 : 200),
  );
  assertEquals(calls, 40);
  assert(performance.now() - started >= 195);
});

Deno.test("makeServer() leaves requests alone that end before their deadline", async () => {
  const signals: AbortSignal[] = [];
  await using serving = serve(async (environ, startResponse) => {
    signals.push(environ["wsgiref.signal"]!());
    await Promise.resolve();
    return hello(environ, startResponse);
  }, { requestTimeout: 60_000 });
  assertEquals((await ask(serving, get())).body, "hello");
  await serving.server.shutdown();
  assertEquals(signals.map(({ aborted }) => aborted), [false]);
  assertEquals(serving.log, []);
});

Deno.test("makeServer() logs a deadline once when the application throws its reason", async () => {
  const thrown = Promise.withResolvers<void>();
  await using serving = serve(async (environ) => {
    const signal = environ["wsgiref.signal"]!();
    const aborted = Promise.withResolvers<void>();
    signal.addEventListener("abort", () => aborted.resolve());
    await aborted.promise;
    thrown.resolve();
    throw signal.reason;
  }, { requestTimeout: 30 });
  assertEquals((await ask(serving, get())).head.status, 503);
  await within(thrown.promise, "the application");
  await serving.server.shutdown();
  assertEquals(serving.log, [LATE]);
});
