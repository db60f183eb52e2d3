// What makeServer() answers to several requests, or to half of one.

import { assertEquals } from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import type { Application } from "../../wsgi/types.ts";
import { ask, RawClient, within } from "../raw_client.ts";
import { get, listen, serve } from "./serving.ts";

/** Reads the body up to its end, and answers with it. */
const echo: Application = async (environ, startResponse) => {
  const body = await environ["wsgi.input"].read();
  startResponse("200 OK", []);
  return [body];
};

Deno.test.each<[string, string]>([
  ["declares", "Content-Length: 10000000\r\n\r\n"],
  ["begins a chunk of", "Transfer-Encoding: chunked\r\n\r\n989680\r\n"],
])(
  "makeServer() gives a client that %s 10 MB its whole 413 after it has sent 1 MB",
  async (_, framing) => {
    await using serving = serve(echo, { maxRequestBodySize: 1_000 });
    using client = await RawClient.connect(serving);
    await client.send(`POST / HTTP/1.1\r\nHost: h\r\n${framing}`);
    for (let sent = 0; sent < 10; sent++) {
      await client.send(new Uint8Array(100_000));
    }
    const { head, body, complete } = await client.response();
    assertEquals([head.status, complete], [413, true]);
    assertEquals(head.get("content-length"), `${body.length}`);
    assertEquals(head.get("connection"), "close");
    // The server has ended its sending side, and does not reset.
    assertEquals([await client.rest(), client.ending], ["", "fin"]);
  },
);

Deno.test("makeServer() answers requests with bodies that come at once in their order", async () => {
  const called = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const paths: string[] = [];
  await using serving = serve(async (environ, startResponse) => {
    paths.push(environ.PATH_INFO);
    if (environ.PATH_INFO === "/0") {
      called.resolve();
      await go.promise;
    }
    return echo(environ, startResponse);
  });
  using client = await RawClient.connect(serving);
  const bodies = ["one", "", "x".repeat(100_000), "four", "5"];
  const sending = client.send(
    bodies.map((body, index) =>
      `POST /${index} HTTP/1.1\r\nHost: h\r\n` +
      (index % 2 === 0
        ? `Content-Length: ${body.length}\r\n\r\n${body}`
        : "Transfer-Encoding: chunked\r\n\r\n" +
          (body && `${body.length.toString(16)}\r\n${body}\r\n`) + "0\r\n\r\n")
    ).join(""),
  );
  await within(called.promise, "the first call");
  assertEquals(paths, ["/0"]);
  go.resolve();
  for (const body of bodies) {
    assertEquals((await client.response()).body, body);
  }
  await sending;
  assertEquals(paths, bodies.map((_, index) => `/${index}`));
});

Deno.test.each<[string, string | undefined, string[], string | undefined]>([
  ["a known length", "keep-alive", ["hello"], "keep-alive"],
  ["a known length, in capitals", "Keep-Alive", ["hello"], "keep-alive"],
  ["an unknown length", "keep-alive", ["he", "llo"], "close"],
  ["a known length, unasked", undefined, ["hello"], "close"],
])(
  "makeServer() answers HTTP/1.0 with %s",
  async (_, asked, chunks, answered) => {
    await using serving = serve((_environ, startResponse) => {
      startResponse("200 OK", []);
      return chunks.length === 1
        ? chunks.map(toBytes)
        : new Set(chunks.map(toBytes));
    });
    using client = await RawClient.connect(serving);
    const connection = asked === undefined ? "" : `Connection: ${asked}\r\n`;
    const request = `GET / HTTP/1.0\r\n${connection}\r\n`;
    await client.send(request);
    const { head, body, complete } = await client.response();
    assertEquals([head.status, body, complete], [200, "hello", true]);
    assertEquals(head.get("connection"), answered);
    assertEquals(head.get("transfer-encoding"), undefined);
    if (answered === "close") return assertEquals(await client.rest(), "");
    await client.send(request);
    assertEquals((await client.response()).body, "hello");
  },
);

Deno.test("WsgiServer.handleRequest() passes over an idle connection and half a head", async () => {
  await using serving = listen(echo);
  const { server } = serving;
  using idle = await RawClient.connect(serving);
  const first = server.handleRequest();
  await idle.send(get());
  assertEquals((await idle.response()).head.status, 200);
  await within(first, "the first");
  using half = await RawClient.connect(serving);
  await half.send("GET / HTTP/1.1\r\n");
  const second = server.handleRequest();
  assertEquals((await ask(serving, get())).head.status, 200);
  await within(second, "the second");
  // The idle connection is still good for another one.
  const third = server.handleRequest();
  await idle.send(get());
  assertEquals((await idle.response()).head.status, 200);
  await within(third, "the third");
  await within(server.shutdown(), "shutdown()");
});
