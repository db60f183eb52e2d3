import { assertEquals } from "@std/assert";
import type { Application } from "../../wsgi/types.ts";
import { RawClient } from "../raw_client.ts";
import { serve } from "./serving.ts";

function post(path: string): string {
  return `POST ${path} HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n` +
    "Content-Length: 3\r\n\r\n";
}

// SPEC: server-expect
Deno.test("makeServer() keeps the connection after bodies that wait for 100", async () => {
  const seen: unknown[] = [];
  await using serving = serve(async (environ, startResponse) => {
    const { length } = await environ["wsgi.input"].read();
    seen.push([environ.PATH_INFO, length]);
    startResponse("200 OK", []);
    return [];
  });
  using client = await RawClient.connect(serving);
  for (const path of ["/1", "/2", "/3"]) {
    await client.send(post(path));
    // Then the application waits already.
    assertEquals((await client.head()).status, 100);
    await client.send("abc");
    const { head } = await client.response();
    assertEquals([head.status, head.get("connection")], [200, undefined]);
  }
  assertEquals(seen, [["/1", 3], ["/2", 3], ["/3", 3]]);
});

// SPEC: server-expect
Deno.test("makeServer() sends 100 once for a body that comes in pieces", async () => {
  let onRead: (() => void) | undefined;
  const app: Application = async (environ, startResponse) => {
    const input = environ["wsgi.input"];
    while ((await input.read(1)).length > 0) onRead?.();
    startResponse("200 OK", []);
    return [];
  };
  await using serving = serve(app);
  using client = await RawClient.connect(serving);
  await client.send(post("/"));
  assertEquals((await client.head()).status, 100);
  for (const byte of "abc") {
    const { promise, resolve } = Promise.withResolvers<void>();
    onRead = resolve;
    await client.send(byte);
    // The application has this byte, and waits for the next one.
    await promise;
  }
  assertEquals((await client.head()).status, 200);
});
