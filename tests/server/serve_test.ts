import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { demoApp } from "../../server/demo_app.ts";
import { serve } from "../../server/serve.ts";

Deno.test("serve() answers at once, on 127.0.0.1", async () => {
  await using server = serve(demoApp, { port: 0, log: false });
  assertEquals(server.hostname, "127.0.0.1");
  assertEquals(server.url, `http://127.0.0.1:${server.port}/`);
  const response = await fetch(server.url);
  assertEquals(response.status, 200);
  await response.body?.cancel();
});

Deno.test("serve() takes a hostname, and the options of makeServer()", async () => {
  const targets: string[] = [];
  await using server = serve(demoApp, {
    hostname: "localhost",
    port: 0,
    log: ({ target }) => targets.push(target),
  });
  assertEquals(server.hostname, "localhost");
  await (await fetch(`${server.url}a`)).text();
  await server.shutdown();
  assertEquals(targets, ["/a"]);
});

Deno.test("serve() listens on port 8000 where no other is given", async () => {
  try {
    await using server = serve(demoApp, { log: false });
    assertEquals(server.port, 8000);
  } catch (error) {
    // Another program has it; the message names the port that was tried.
    assertEquals(
      (error as Error).message,
      "Cannot listen on 127.0.0.1:8000: the port is in use",
    );
  }
});

Deno.test("serve() serves until shutdown(), and handles no single request", async () => {
  const server = serve(demoApp, { port: 0, log: false });
  let isOver = false;
  const finished = server.finished.then(() => isOver = true);
  await assertRejects(
    () => server.handleRequest(),
    Error,
    "Cannot handle one request: the server serves forever",
  );
  assertEquals(isOver, false);
  await server.shutdown();
  await finished;
  await server.serveForever();
});

Deno.test("serve() refuses what makeServer() refuses", () => {
  assertThrows(
    () => serve(demoApp, { port: -1 }),
    RangeError,
    "port must be an integer from 0 to 65535, got -1",
  );
  assertThrows(
    () => serve(demoApp, { hostname: "" }),
    TypeError,
    "hostname must be a string",
  );
});
