import { assertEquals, assertRejects } from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import type { Application } from "../../wsgi/types.ts";
import { Program } from "../program.ts";
import { ask, RawClient, within } from "../raw_client.ts";
import { get, listen, serve, type Serving } from "./serving.ts";

/** Answers with the path. */
const echo: Application = (environ, startResponse) => {
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  return [toBytes(environ.PATH_INFO)];
};

Deno.test("WsgiServer.handleRequest() answers the request that waits, and no other", async () => {
  const paths: string[] = [];
  await using serving = listen((environ, startResponse) => {
    paths.push(environ.PATH_INFO);
    startResponse("200 OK", [["Content-Type", "text/plain"]]);
    return [toBytes(environ.PATH_INFO)];
  });
  using client = await RawClient.connect(serving);
  await client.send(get("/1") + get("/2"));
  await serving.server.handleRequest();
  assertEquals((await client.response()).body, "/1");
  assertEquals(paths, ["/1"]);
  const second = serving.server.handleRequest();
  assertEquals((await client.response()).body, "/2");
  await second;
  assertEquals(paths, ["/1", "/2"]);
});

Deno.test("WsgiServer.handleRequest() waits for a request, and until its body is closed", async () => {
  const closing = Promise.withResolvers<void>();
  let closed = false;
  await using serving = listen((_environ, startResponse) => {
    startResponse("200 OK", [["Content-Type", "text/plain"]]);
    return Object.assign(
      (function* (): Generator<Uint8Array, void> {
        yield toBytes("x");
      })(),
      {
        async close(): Promise<void> {
          await closing.promise;
          closed = true;
        },
      },
    );
  });
  const handled = serving.server.handleRequest();
  assertEquals((await ask(serving, get())).body, "x");
  assertEquals(closed, false);
  closing.resolve();
  await handled;
  assertEquals(closed, true);
});

Deno.test("WsgiServer.handleRequest() serves several callers in their order", async () => {
  await using serving = listen(echo);
  const order: number[] = [];
  const handled = [1, 2].map((number) =>
    serving.server.handleRequest().then(() => order.push(number))
  );
  assertEquals((await ask(serving, get("/a"))).body, "/a");
  await handled[0];
  assertEquals(order, [1]);
  assertEquals((await ask(serving, get("/b"))).body, "/b");
  await handled[1];
  assertEquals(order, [1, 2]);
});

Deno.test("WsgiServer.handleRequest() is refused while the server serves forever", async () => {
  await using serving = serve(echo);
  const error = await assertRejects(() => serving.server.handleRequest());
  assertEquals(
    (error as Error).message,
    "Cannot handle one request: the server serves forever",
  );
});

Deno.test("WsgiServer.handleRequest() is refused after shutdown()", async () => {
  const serving = listen(echo);
  await serving.server.shutdown();
  const error = await assertRejects(() => serving.server.handleRequest());
  assertEquals(
    (error as Error).message,
    "Cannot handle a request: the server is shut down",
  );
});

Deno.test("WsgiServer.handleRequest() resolves when the client has left in the middle", async () => {
  const events: string[] = [];
  await using serving = listen((_environ, startResponse) => {
    startResponse("200 OK", []);
    return Object.assign(
      (function* (): Generator<Uint8Array, void> {
        for (;;) yield toBytes("x".repeat(1000));
      })(),
      { close: () => void events.push("close") },
    );
  });
  const handled = serving.server.handleRequest();
  using client = await RawClient.connect(serving);
  await client.send(get());
  await client.head();
  client.close();
  await within(handled, "handleRequest()");
  assertEquals(events, ["close"]);
});

Deno.test("WsgiServer.handleRequest() resolves when the response has left the program", async () => {
  const module = import.meta.resolve("../../server/make_server.ts");
  await using program = new Program(
    "eval",
    `
      import { makeServer } from ${JSON.stringify(module)};
      const server = makeServer("127.0.0.1", 0, (_environ, startResponse) => {
        startResponse("200 OK", []);
        return [new Uint8Array(100_000)];
      });
      console.log(server.port);
      await server.handleRequest();
      Deno.exit();
    `,
  );
  const port = Number(await program.firstLine());
  const { body, complete } = await ask({ port }, get());
  assertEquals([body.length, complete], [100_000, true]);
  assertEquals((await program.outcome()).code, 0);
});

Deno.test("WsgiServer.serveForever() takes all that wait, then what comes", async () => {
  await using serving = listen(echo);
  using first = await RawClient.connect(serving);
  using second = await RawClient.connect(serving);
  await first.send(get("/1"));
  await second.send(get("/2"));
  const responses = [first.response(), second.response()];
  serving.server.serveForever();
  const bodies = (await Promise.all(responses)).map(({ body }) => body);
  assertEquals(bodies, ["/1", "/2"]);
  assertEquals((await ask(serving, get("/3"))).body, "/3");
});

/** Fills the queue: 128 requests wait when the 129th gets its answer. */
async function fillQueue(
  serving: Serving,
): Promise<{ first: number; others: Promise<number>[] } & Disposable> {
  const clients = await Promise.all(
    Array.from({ length: 129 }, () => RawClient.connect(serving)),
  );
  const responses = clients.map(async (client, index) => {
    await client.send(get());
    return { status: (await client.response()).head.status, index };
  });
  const { status, index } = await Promise.race(responses);
  return {
    first: status,
    others: responses.toSpliced(index, 1).map(async (response) =>
      (await response).status
    ),
    [Symbol.dispose]: () => clients.forEach((client) => client.close()),
  };
}

Deno.test("makeServer() answers 503 to what the queue has no room for", async () => {
  await using serving = listen(echo);
  using queue = await fillQueue(serving);
  assertEquals(queue.first, 503);
  serving.server.serveForever();
  const statuses = await Promise.all(queue.others);
  assertEquals(statuses, new Array(128).fill(200));
});

Deno.test("makeServer() answers 503 to what waits in the queue at shutdown()", async () => {
  let calls = 0;
  await using serving = listen((environ, startResponse) => {
    calls++;
    return echo(environ, startResponse);
  });
  using queue = await fillQueue(serving);
  const stopped = serving.server.shutdown();
  const statuses = await Promise.all(queue.others);
  assertEquals(statuses, new Array(128).fill(503));
  await stopped;
  assertEquals(calls, 0);
});

Deno.test("WsgiServer.shutdown() lets go of whoever waits for a request", async () => {
  const serving = listen(echo);
  const handled = [
    serving.server.handleRequest(),
    serving.server.handleRequest(),
  ];
  await serving.server.shutdown();
  assertEquals(await Promise.all(handled), [undefined, undefined]);
});
