// The limits of time and size of makeServer(), over raw sockets.

import { assertEquals, assertMatch } from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import type { ServerOptions } from "../../server/make_server.ts";
import type { Application } from "../../wsgi/types.ts";
import { RawClient, within } from "../raw_client.ts";
import { get, serve } from "./serving.ts";

const hello: Application = (_environ, startResponse) => {
  startResponse("200 OK", []);
  return [toBytes("hello")];
};

/** Reads the body, up to its end. */
const echo: Application = async (environ, startResponse) => {
  const body = await environ["wsgi.input"].read();
  startResponse("200 OK", []);
  return [body];
};

Deno.test.each<[string, string]>([
  ["an empty line", "\r\n"],
  ["a byte", "G"],
  ["a request line", "GET / HTTP/1.1\r\n"],
  ["all but the last line", "GET / HTTP/1.1\r\nHost: h\r\n"],
])("makeServer() answers %s that stays alone with 408", async (_, sent) => {
  await using serving = serve(hello, { headersTimeout: 30 });
  using client = await RawClient.connect(serving);
  await client.send(sent);
  const { head, body, complete } = await client.response();
  assertEquals([head.status, complete], [408, true]);
  assertEquals(head.get("content-length"), `${body.length}`);
  assertEquals(head.get("connection"), "close");
  assertEquals([await client.rest(), client.ending], ["", "fin"]);
  assertMatch(serving.log.join(""), /^Refused .+127\.0\.0\.1 with 408: .+\n$/);
});

Deno.test("makeServer() answers the second head of a connection with 408, too", async () => {
  await using serving = serve(hello, { headersTimeout: 30 });
  using client = await RawClient.connect(serving);
  await client.send(get() + "GET /");
  assertEquals((await client.response()).body, "hello");
  assertEquals((await client.response()).head.status, 408);
  assertEquals([await client.rest(), client.ending], ["", "fin"]);
});

Deno.test.each<[string, string, ServerOptions]>([
  ["without a byte", "", { headersTimeout: 30 }],
  ["that is idle", get(), { keepAliveTimeout: 30 }],
])(
  "makeServer() closes a connection %s in silence",
  async (_, sent, options) => {
    await using serving = serve(hello, options);
    using client = await RawClient.connect(serving);
    await client.send(sent);
    if (sent === get()) assertEquals((await client.response()).body, "hello");
    assertEquals([await client.rest(), client.ending], ["", "fin"]);
    assertEquals(serving.log, []);
  },
);

Deno.test("makeServer() has no limit of time for a head when headersTimeout is 0", async () => {
  // The other limit shows that the clock has gone on meanwhile.
  await using serving = serve(hello, {
    headersTimeout: 0,
    keepAliveTimeout: 30,
  });
  using slow = await RawClient.connect(serving);
  await slow.send("GET / HTTP/1.1\r\n");
  using idle = await RawClient.connect(serving);
  await idle.send(get());
  await idle.response();
  await idle.rest();
  await slow.send("Host: h\r\n\r\n");
  assertEquals((await slow.response()).body, "hello");
});

Deno.test("makeServer() keeps idle connections when keepAliveTimeout is 0", async () => {
  await using serving = serve(hello, {
    headersTimeout: 30,
    keepAliveTimeout: 0,
  });
  using idle = await RawClient.connect(serving);
  await idle.send(get());
  await idle.response();
  using slow = await RawClient.connect(serving);
  await slow.send("G");
  assertEquals((await slow.response()).head.status, 408);
  await idle.send(get());
  assertEquals((await idle.response()).body, "hello");
});

Deno.test("makeServer() takes no time of the application for time of the head", async () => {
  const called = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  await using serving = serve(async (environ, startResponse) => {
    called.resolve();
    await go.promise;
    return hello(environ, startResponse);
  }, { headersTimeout: 30, keepAliveTimeout: 30 });
  using waiting = await RawClient.connect(serving);
  await waiting.send(get());
  await within(called.promise, "the application");
  using silent = await RawClient.connect(serving);
  assertEquals(await silent.rest(), "");
  go.resolve();
  assertEquals((await waiting.response()).body, "hello");
});

Deno.test.each<[string, number, string, number]>([
  ["of the size", 100, "x".repeat(100 - get().length - "A: \r\n".length), 200],
  [
    "a byte larger",
    100,
    "x".repeat(101 - get().length - "A: \r\n".length),
    431,
  ],
  ["of 20 KB", 0, "x".repeat(20_000), 200],
  ["of 20 KB", 16_384, "x".repeat(20_000), 431],
])(
  "makeServer() answers a head %s at maxHeaderSize %d",
  async (_, maxHeaderSize, value, status) => {
    await using serving = serve(hello, { maxHeaderSize });
    using client = await RawClient.connect(serving);
    await client.send(get().replace("\r\n\r\n", `\r\nA: ${value}\r\n\r\n`));
    const { head, complete } = await client.response();
    assertEquals([head.status, complete], [status, true]);
    if (status === 200) return;
    assertEquals([await client.rest(), client.ending], ["", "fin"]);
    assertMatch(serving.log.join(""), /^Refused .+ with 431: .+\n$/);
  },
);

Deno.test("makeServer() ends the wait for an upload at requestTimeout", async () => {
  await using serving = serve(echo, { requestTimeout: 30 });
  using client = await RawClient.connect(serving);
  await client.send(
    "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc",
  );
  const { head, complete } = await client.response();
  assertEquals([head.status, complete], [503, true]);
});
