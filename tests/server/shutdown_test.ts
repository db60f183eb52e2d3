// shutdown() in each phase of a connection.

import { assertEquals } from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import { RawClient, within } from "../raw_client.ts";
import { serveFake, settle } from "./fake_serving.ts";
import { get, serve } from "./serving.ts";

Deno.test.each([
  ["answered", "Content-Length: 900000", "HTTP/1.1 200 OK"],
  ["refused", "Content-Length: 1, 1", "HTTP/1.1 400 Bad Request"],
])(
  "shutdown() does not reset the connection of an upload that was %s early",
  async (_what, header, line) => {
    await using serving = serveFake((_environ, startResponse) => {
      startResponse("200 OK", []);
      return [toBytes("early")];
    }, { shutdownTimeout: 60_000 });
    const socket = serving.connect();
    socket.send(`PUT / HTTP/1.1\r\nHost: h\r\n${header}\r\n\r\nabc`);
    await settle();
    const shutdown = serving.server.shutdown();
    await settle();
    // Closing now, with bytes on their way, would reset it.
    assertEquals(socket.isClosed, false);
    assertEquals(socket.received.split("\r\n")[0], line);
    socket.send("def");
    socket.end();
    await within(shutdown, "shutdown()");
    assertEquals(socket.isClosed, true);
  },
);

Deno.test.each<[string, string]>([
  ["has sent nothing", ""],
  ["has sent half a head", "GET / HTTP/1.1\r\n"],
  ["is idle", get()],
])("shutdown() does not wait for a client that %s", async (_what, sent) => {
  const called = Promise.withResolvers<void>();
  await using serving = serve((_environ, startResponse) => {
    startResponse("200 OK", []);
    called.resolve();
    return [];
  }, { shutdownTimeout: 60_000 });
  using client = await RawClient.connect(serving);
  await client.send(sent);
  if (sent === get()) {
    await called.promise;
    await client.response();
  }
  await within(serving.server.shutdown(), "shutdown()");
  assertEquals(await client.rest(), "");
});

Deno.test("shutdown() sends all of a response that is under way, and says that it is the last", async () => {
  const called = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const block = new Uint8Array(4_000_000);
  await using serving = serve(async (_environ, startResponse) => {
    called.resolve();
    await go.promise;
    startResponse("200 OK", []);
    return [block];
  });
  using client = await RawClient.connect(serving);
  await client.send(get() + get("/never"));
  await within(called.promise, "the application");
  const shutdown = serving.server.shutdown();
  await Promise.resolve();
  go.resolve();
  const head = await client.head();
  assertEquals(head.get("connection"), "close");
  assertEquals(await client.skip(block.length), block.length);
  assertEquals(await client.rest(), "");
  await within(shutdown, "shutdown()");
});
