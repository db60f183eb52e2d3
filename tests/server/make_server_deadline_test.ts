// Time limits for requests (requestTimeout) and for their end at shutdown().

import { assert, assertEquals, assertMatch } from "@std/assert";
import type { AccessRecord } from "../../gateway/access_record.ts";
import { makeServer, type ServerOptions } from "../../server/make_server.ts";
import { toBytes } from "../../wsgi/byte_string.ts";
import type { Application, ResponseBody } from "../../wsgi/types.ts";
import { ask, within } from "../raw_client.ts";
import {
  aborted,
  answer,
  get,
  hanging,
  hello,
  listen,
  never,
  send,
  serve,
  untilNext,
  Waiting,
  WatchedBody,
} from "./serving.ts";

const LATE = "The request was not complete at its deadline\n";
const STOPPED = "The server was stopped before the response was complete\n";
const BLOCK = new Uint8Array(65_536);

/** Both limits, with their log and the reason of the signal. */
const LIMITS: readonly [string, ServerOptions, string, string][] = [
  ["requestTimeout", { requestTimeout: 50 }, LATE, "RequestTimeout"],
  ["shutdown()", { shutdownTimeout: 20 }, STOPPED, "ServerStopped"],
];

// SPEC: server-deadline, ext-signal-aborts
Deno.test.each(LIMITS)(
  "%s answers 503 for an application that does not return, and logs it",
  async (limit, options, line, reason) => {
    const records: unknown[] = [];
    const { app, called } = hanging();
    const log = ({ status, clientLeft }: AccessRecord): void =>
      void records.push([status, clientLeft]);
    await using serving = serve(app, { ...options, log });
    using client = await send(serving);
    const signal = await within(called, "the application");
    const stopped = limit === "shutdown()" && serving.server.shutdown();
    const { head, body, complete } = await client.response();
    assertEquals([head.status, body], [503, "503 Service Unavailable\n"]);
    assert(complete);
    assertEquals([signal.reason.name, serving.log], [reason, [line]]);
    if (!stopped) {
      // The connection can still be used, and shutdown() finds nothing to cut.
      await client.send(get("/next"));
      assertEquals((await client.response()).body, "hello");
    }
    await within(serving.server.shutdown(), "shutdown()");
    assertEquals(await client.rest(), "");
    const all = [[503, false], [200, false]];
    assertEquals(records, stopped ? all.slice(0, 1) : all);
  },
);

/** Bodies without an end, and whether the client reads. */
const BODIES: readonly [
  string,
  (index: number) => Uint8Array | Promise<never>,
  reads: boolean,
][] = [
  ["without end", () => BLOCK, true],
  ["without an end that the client does not read", () => BLOCK, false],
  ["whose second chunk never comes", (i) => i === 0 ? BLOCK : never(), true],
];

for (const [limit, options, line] of LIMITS) {
  Deno.test.each(BODIES)(
    `${limit} cuts a response %s, and closes its body once`,
    async (_, next, reads) => {
      const { app, events, closed } = new WatchedBody(next);
      await using serving = serve(app, options);
      const served = serving.server.serveForever();
      using client = await send(serving);
      assertEquals((await client.head()).status, 200);
      const stopped = limit === "shutdown()" && serving.server.shutdown();
      if (!reads) await within(closed, "close()");
      assertEquals((await client.chunks()).complete, false);
      await within(closed, "close()");
      await (stopped || serving.server.shutdown());
      await within(served, "serveForever()");
      assertEquals([events, serving.log], [["return", "close"], [line]]);
    },
  );
}

Deno.test("makeServer() answers 503 at the deadline of a body without a chunk", async () => {
  const { app, events } = new WatchedBody(never);
  await using serving = serve(app, { requestTimeout: 30 });
  assertEquals((await ask(serving, get())).head.status, 503);
  assertEquals(events, ["return", "close"]);
});

// SPEC: close-awaited
Deno.test.each(LIMITS)(
  "%s does not wait for close()",
  async (limit, options) => {
    const closing = Promise.withResolvers<void>();
    const close = (): Promise<never> => {
      closing.resolve();
      return never();
    };
    await using serving = listen(
      answer(() => Object.assign(new Set([toBytes("x")]), { close })),
      options,
    );
    const handled = serving.server.handleRequest();
    const { body, complete } = await ask(serving, get());
    assertEquals([body, complete], ["x", true]);
    await closing.promise;
    if (limit !== "shutdown()") await within(handled, "handleRequest()");
    await within(serving.server.shutdown(), "shutdown()");
    await handled;
  },
);

Deno.test.each<[string, string, string]>([
  ["has sent nothing", "", ""],
  ["has sent half a head", "GET / HTTP/1.1\r\nHost: h", ""],
  ["is idle", get(), "hello"],
])("shutdown() does not wait for a client that %s", async (_, sent, body) => {
  await using serving = serve(hello, { shutdownTimeout: 60_000 });
  using client = await send(serving, sent);
  if (sent === get()) assertEquals((await client.response()).body, body);
  await within(serving.server.shutdown(), "shutdown()");
  assertEquals([await client.rest(), serving.log], ["", []]);
});

Deno.test("shutdown() does not wait for a client that leaves its bytes unread", async () => {
  const body = [new Uint8Array(64 * 1024 * 1024)];
  await using serving = serve(answer(() => body), { shutdownTimeout: 20 });
  using client = await send(serving);
  await client.head();
  await within(serving.server.shutdown(), "shutdown()");
  await within(serving.server.finished, "serveForever()");
  await using next = makeServer("127.0.0.1", serving.port, () => []);
  assertEquals(next.port, serving.port);
});

// SPEC: close-late-return, async-late-rejection
Deno.test("makeServer() closes a body returned after the deadline without reading it", async () => {
  const late = new WatchedBody(() => BLOCK);
  const returning = Promise.withResolvers<ResponseBody>();
  const failing = Promise.withResolvers<ResponseBody>();
  const app = untilNext(
    answer(() => returning.promise),
    answer(() => failing.promise),
  );
  await using serving = serve(app, { requestTimeout: 30 });
  for (const response of [ask(serving, get("/next")), ask(serving, get())]) {
    assertEquals((await response).head.status, 503);
  }
  returning.resolve(late.body);
  failing.reject(new Error("late"));
  await serving.server.shutdown();
  assertEquals(late.events, ["return", "close"]);
});

Deno.test("makeServer() gives each of many requests its own deadline", async () => {
  await using serving = serve(untilNext(never), { requestTimeout: 200 });
  const statuses = Array.from({ length: 40 }, (_, i) => i % 4 ? 200 : 503);
  const responses = await Promise.all(
    statuses.map((status) => ask(serving, get(status === 200 ? "/next" : "/"))),
  );
  assertEquals(responses.map(({ head }) => head.status), statuses);
});

Deno.test("makeServer() logs a deadline once when the application throws its reason", async () => {
  const app: Application = async (environ) => {
    const signal = environ["wsgiref.signal"]!();
    await aborted(signal);
    throw signal.reason;
  };
  await using serving = serve(app, { requestTimeout: 30 });
  assertEquals((await ask(serving, get())).head.status, 503);
  await serving.server.shutdown();
  assertEquals(serving.log, [LATE]);
});

// Time and size limits for heads and idle connections --------------------------

Deno.test.each<[string, string]>([
  ["an empty line", "\r\n"],
  ["a byte", "G"],
  ["a request line", "GET / HTTP/1.1\r\n"],
  ["all but the last line", "GET / HTTP/1.1\r\nHost: h\r\n"],
  ["a second head", `${get()}GET /`],
])("makeServer() answers 408 if nothing follows %s", async (_, sent) => {
  await using serving = serve(hello, { headersTimeout: 30 });
  using client = await send(serving, sent);
  if (sent.startsWith(get())) {
    assertEquals((await client.response()).body, "hello");
  }
  const { head, body, complete } = await client.response();
  assertEquals([head.status, complete], [408, true]);
  assertEquals(head.get("content-length"), `${body.length}`);
  assertEquals(head.get("connection"), "close");
  assertEquals([await client.rest(), client.ending], ["", "fin"]);
  assertMatch(serving.log.join(""), /^Refused .+127\.0\.0\.1 with 408: .+\n$/);
});

Deno.test.each<[string, string, ServerOptions]>([
  ["without a byte", "", { headersTimeout: 30 }],
  ["that is idle", get(), { keepAliveTimeout: 30 }],
])(
  "makeServer() closes a connection %s without a response",
  async (_, sent, options) => {
    await using serving = serve(hello, options);
    using client = await send(serving, sent);
    if (sent === get()) assertEquals((await client.response()).body, "hello");
    assertEquals([await client.rest(), client.ending], ["", "fin"]);
    assertEquals(serving.log, []);
  },
);

// The other limit shows that the clock has advanced meanwhile.
Deno.test("makeServer() has no time limit for a head when headersTimeout is 0", async () => {
  const options = { headersTimeout: 0, keepAliveTimeout: 30 };
  await using serving = serve(hello, options);
  using slow = await send(serving, "GET / HTTP/1.1\r\n");
  using idle = await send(serving);
  await idle.response();
  await idle.rest();
  await slow.send("Host: h\r\n\r\n");
  assertEquals((await slow.response()).body, "hello");
});

Deno.test("makeServer() keeps idle connections when keepAliveTimeout is 0", async () => {
  const options = { headersTimeout: 30, keepAliveTimeout: 0 };
  await using serving = serve(hello, options);
  using idle = await send(serving);
  await idle.response();
  using slow = await send(serving, "G");
  assertEquals((await slow.response()).head.status, 408);
  await idle.send(get());
  assertEquals((await idle.response()).body, "hello");
});

Deno.test("makeServer() does not count the time of the application towards headersTimeout", async () => {
  const waiting = new Waiting();
  const options = { headersTimeout: 30, keepAliveTimeout: 30 };
  await using serving = serve(waiting.app, options);
  using client = await send(serving);
  await waiting.called();
  using silent = await send(serving, "");
  assertEquals(await silent.rest(), "");
  waiting.go();
  assertEquals((await client.response()).body, "hello");
});
