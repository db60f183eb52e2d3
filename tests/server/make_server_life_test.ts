import {
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import { makeServer } from "../../server/make_server.ts";
import type { Application } from "../../wsgi/types.ts";
import { Program } from "../program.ts";
import { ask, RawClient, within } from "../raw_client.ts";
import { get, listen, serve } from "./serving.ts";

const hello: Application = (_environ, startResponse) => {
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  return [toBytes("hello")];
};

async function assertNobodyListens(port: number): Promise<void> {
  await assertRejects(
    () => RawClient.connect({ port }),
    Deno.errors.ConnectionRefused,
  );
}

Deno.test("WsgiServer.shutdown() ends serveForever(), and is harmless a second time", async () => {
  const { server, port } = listen(hello);
  const served = server.serveForever();
  const stopped = server.shutdown();
  assertStrictEquals(server.shutdown(), stopped);
  await within(served, "serveForever()");
  await stopped;
  await assertNobodyListens(port);
  await server.shutdown();
  await server.serveForever();
});

Deno.test("WsgiServer is shut down at the end of its scope", async () => {
  let port: number;
  let served: Promise<void>;
  {
    await using server = makeServer("127.0.0.1", 0, hello, { log: false });
    port = server.port;
    served = server.serveForever();
  }
  await within(served, "serveForever()");
  await assertNobodyListens(port);
});

Deno.test("WsgiServer.shutdown() closes connections that are idle", async () => {
  await using serving = serve(hello);
  using used = await RawClient.connect(serving);
  await used.send(get());
  assertEquals((await used.response()).body, "hello");
  using fresh = await RawClient.connect(serving);
  await serving.server.shutdown();
  assertEquals([await used.rest(), await fresh.rest()], ["", ""]);
});

Deno.test("WsgiServer.shutdown() lets a response go on, and takes no other request", async () => {
  const going = Promise.withResolvers<void>();
  await using serving = serve(
    async function* (
      _environ,
      startResponse,
    ): AsyncGenerator<Uint8Array, void> {
      startResponse("200 OK", []);
      yield toBytes("one");
      await going.promise;
      yield toBytes("two");
    },
  );
  using client = await RawClient.connect(serving);
  using other = await RawClient.connect(serving);
  await client.send(get());
  await client.head();
  assertEquals(await client.chunk(), "one");
  const stopped = serving.server.shutdown();
  assertEquals(await other.rest(), "");
  await assertNobodyListens(serving.port);
  // It is too late to serve now.
  const served = serving.server.serveForever();
  going.resolve();
  assertEquals([await client.chunk(), await client.chunk()], ["two", ""]);
  await within(Promise.all([stopped, served]), "shutdown()");
});

Deno.test("makeServer() shuts down when its signal aborts", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const { server, port } = listen(hello, { signal });
  const served = server.serveForever();
  assertEquals((await ask({ port }, get())).body, "hello");
  controller.abort();
  await within(served, "serveForever()");
  await assertNobodyListens(port);
});

Deno.test("makeServer() serves nobody when its signal has aborted before", async () => {
  const { server, port } = listen(hello, { signal: AbortSignal.abort() });
  await within(server.serveForever(), "serveForever()");
  await assertNobodyListens(port);
});

Deno.test("makeServer() listens on a port again at once", async () => {
  let port = 0;
  for (let round = 0; round < 5; round++) {
    await using server = makeServer("127.0.0.1", port, hello, { log: false });
    server.serveForever();
    port = server.port;
    // The server closes first, so that its side of the connection lingers.
    using client = await RawClient.connect(server);
    await client.send(get());
    assertEquals((await client.response()).body, "hello");
    await server.shutdown();
    assertEquals(await client.rest(), "");
  }
});

Deno.test("makeServer() answers the first request of a program when it is async", async () => {
  // In a process of its own, for it takes the first timer of all to fail.
  const program = `
    import { makeServer } from ${
    JSON.stringify(
      import.meta.resolve("../../server/make_server.ts"),
    )
  };
    const server = makeServer("127.0.0.1", 0, async (_environ, startResponse) => {
      await Promise.resolve();
      startResponse("200 OK", []);
      return [new TextEncoder().encode("first")];
    });
    server.serveForever();
    console.log(server.port);
  `;
  await using server = new Program("eval", program);
  const port = Number(await server.firstLine());
  assertEquals((await ask({ port }, get())).body, "first");
});

Deno.test("makeServer() forgets an error of an application, and serves on", async () => {
  let calls = 0;
  await using serving = serve((environ, startResponse) => {
    if (calls++ < 3) throw new Error("on purpose");
    return hello(environ, startResponse);
  });
  using client = await RawClient.connect(serving);
  for (const status of [500, 500, 500, 200]) {
    await client.send(get());
    assertEquals((await client.response()).head.status, status);
  }
  assertStringIncludes(serving.log.join(""), "on purpose");
});
