// Places for requests, the queue, and handleRequest().

import { assertEquals, assertRejects } from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import type { Application } from "../../wsgi/types.ts";
import { Happenings } from "../happenings.ts";
import { Program } from "../program.ts";
import { ask, type RawClient, within } from "../raw_client.ts";
import {
  answer,
  get,
  hello,
  listen,
  recorded,
  send,
  serve,
  WatchedBody,
} from "./serving.ts";

/** Answers with the path once the test allows it. */
class Gate {
  /** The paths of the calls that were made, in order. */
  readonly calls: string[] = [];
  /** The largest number of calls that ran at once. */
  most = 0;
  #running = 0;
  readonly #events = new Happenings();

  /** Lets calls return. */
  open(...paths: string[]): void {
    for (const path of paths) this.#events.happen(`open ${path}`);
  }

  /** Waits for a call. */
  called(path: string): Promise<void> {
    return this.#events.soon(`call of ${path}`);
  }

  readonly app: Application = async (environ, startResponse) => {
    const path = environ.PATH_INFO;
    this.calls.push(path);
    this.most = Math.max(this.most, ++this.#running);
    this.#events.happen(`call of ${path}`);
    await this.#events.when(`open ${path}`);
    this.#running--;
    startResponse("200 OK", []);
    return [toBytes(path)];
  };
}

// SPEC: server-one-at-a-time
Deno.test("makeServer() runs no more requests at once than maxInFlight, in order", async () => {
  const gate = new Gate();
  await using serving = serve(gate.app, { maxInFlight: 1 });
  using stack = new DisposableStack();
  const clients: RawClient[] = [];
  const paths = ["/1", "/2", "/3", "/4"];
  // One after the other, so that their order in the queue is known.
  for (const path of paths) {
    clients.push(stack.use(await send(serving, get(path))));
    if (path === "/1") await gate.called("/1");
  }
  gate.open(...paths);
  const responses = clients.map((client) => client.response());
  const bodies = (await Promise.all(responses)).map(({ body }) => body);
  assertEquals(bodies, paths);
  assertEquals([gate.calls.toSorted(), gate.most], [paths, 1]);
});

Deno.test("makeServer() runs as many requests at once as maxInFlight says", async () => {
  const gate = new Gate();
  await using serving = serve(gate.app, { maxInFlight: 2 });
  const asked = ["/1", "/2", "/3"].map((path) => ask(serving, get(path)));
  while (gate.calls.length < 2) await new Promise((turn) => setTimeout(turn));
  gate.open("/1", "/2", "/3");
  await Promise.all(asked);
  assertEquals([gate.calls.length, gate.most], [3, 2]);
});

// SPEC: server-busy
Deno.test("makeServer() answers 503 when more requests wait than its queue holds", async () => {
  const gate = new Gate();
  await using serving = serve(gate.app, { maxInFlight: 1 });
  using _running = await send(serving, get("/running"));
  await gate.called("/running");
  gate.open("/waits");
  const statuses: number[] = [];
  const refused = Promise.withResolvers<void>();
  const asked = Array.from({ length: 129 }, async () => {
    statuses.push((await ask(serving, get("/waits"))).head.status);
    refused.resolve();
  });
  // The first response is the refusal.
  await within(refused.promise, "the 503");
  assertEquals(statuses, [503]);
  gate.open("/running");
  await Promise.all(asked);
  assertEquals(statuses.filter((status) => status === 200).length, 128);
  assertEquals(gate.most, 1);
});

Deno.test("makeServer() does not call the application for a client that left the queue", async () => {
  const gate = new Gate();
  const left = Promise.withResolvers<void>();
  await using serving = serve(gate.app, {
    maxInFlight: 1,
    log: ({ clientLeft }) => clientLeft && left.resolve(),
  });
  using _running = await send(serving, get("/running"));
  await gate.called("/running");
  using leaving = await send(serving, get("/leaves"));
  using waiting = await send(serving, get("/waits"));
  leaving.close();
  await within(left.promise, "the record");
  gate.open("/running", "/waits");
  assertEquals((await waiting.response()).body, "/waits");
  assertEquals(gate.calls, ["/running", "/waits"]);
});

Deno.test("makeServer() serves waiting requests when the deadline of another has passed", async () => {
  const gate = new Gate();
  const options = { maxInFlight: 1, requestTimeout: 100 };
  await using serving = serve(gate.app, options);
  gate.open("/next");
  using stuck = await send(serving, get("/stuck"));
  await gate.called("/stuck");
  assertEquals((await ask(serving, get("/next"))).body, "/next");
  assertEquals((await stuck.response()).head.status, 503);
});

Deno.test("makeServer() answers HEAD without a body if its queue is full, and shutdown() answers 503 to all waiting requests", async () => {
  const { app, paths } = recorded();
  await using serving = listen(app);
  using stack = new DisposableStack();
  const clients: RawClient[] = [];
  for (let i = 0; i < 128; i++) clients.push(stack.use(await send(serving)));
  using client = await send(serving, "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
  const head = await client.head();
  assertEquals(
    [head.status, head.get("content-length"), head.get("connection")],
    [503, "24", "close"],
  );
  assertEquals(await client.rest(), "");
  const shutdown = serving.server.shutdown();
  for (const waiting of clients) {
    assertEquals((await waiting.response()).head.status, 503);
    waiting.close();
  }
  await shutdown;
  assertEquals([paths, serving.log], [[], []]);
});

// handleRequest() and serveForever() ---------------------------------------------

Deno.test("WsgiServer.handleRequest() answers the waiting request, and no other", async () => {
  const { app, paths } = recorded();
  await using serving = listen(app);
  using client = await send(serving, get("/1") + get("/2"));
  await serving.server.handleRequest();
  assertEquals((await client.response()).body, "/1");
  assertEquals(paths, ["/1"]);
  const second = serving.server.handleRequest();
  assertEquals((await client.response()).body, "/2");
  await second;
  assertEquals(paths, ["/1", "/2"]);
});

Deno.test("WsgiServer.handleRequest() resolves when the body is closed", async () => {
  const closing = Promise.withResolvers<void>();
  const body = Object.assign(new Set([toBytes("x")]), {
    close: () => closing.promise,
  });
  await using serving = listen(answer(() => body));
  let isOver = false;
  const handled = serving.server.handleRequest().then(() => isOver = true);
  assertEquals((await ask(serving, get())).body, "x");
  assertEquals(isOver, false);
  closing.resolve();
  await handled;
});

Deno.test("WsgiServer.handleRequest() serves several callers in their order", async () => {
  await using serving = listen(hello);
  const order: number[] = [];
  const handled = [1, 2].map((number) =>
    serving.server.handleRequest().then(() => order.push(number))
  );
  for (const [index, expected] of [[1], [1, 2]].entries()) {
    assertEquals((await ask(serving, get())).body, "hello");
    await handled[index];
    assertEquals(order, expected);
  }
});

Deno.test.each([
  [serve, false, "Cannot handle one request: the server serves forever"],
  [listen, true, "Cannot handle a request: the server is shut down"],
])(
  "WsgiServer.handleRequest() rejects under %o",
  async (start, ends, message) => {
    await using serving = start(hello);
    if (ends) await serving.server.shutdown();
    const error = await assertRejects(() => serving.server.handleRequest());
    assertEquals((error as Error).message, message);
  },
);

Deno.test("WsgiServer.handleRequest() resolves when the client leaves in the middle", async () => {
  const block = new Uint8Array(1000);
  const { app, events } = new WatchedBody(() => block);
  await using serving = listen(app);
  const handled = serving.server.handleRequest();
  using client = await send(serving);
  await client.head();
  client.close();
  await within(handled, "handleRequest()");
  assertEquals(events, ["return", "close"]);
});

Deno.test("WsgiServer.handleRequest() resolves when the response has left the program", async () => {
  const module = import.meta.resolve("../../server/make_server.ts");
  await using program = new Program(
    "eval",
    `
      import { makeServer } from ${JSON.stringify(module)};
      const server = makeServer("127.0.0.1", 0, async (_environ, startResponse) => {
        await Promise.resolve();
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

Deno.test("WsgiServer.handleRequest() ignores an idle connection and half a head", async () => {
  await using serving = listen(hello);
  const { server } = serving;
  const handled = async (client: RawClient, what: string): Promise<void> => {
    const one = server.handleRequest();
    await client.send(get());
    assertEquals((await client.response()).head.status, 200);
    await within(one, what);
  };
  using idle = await send(serving, "");
  using fresh = await send(serving, "");
  await handled(idle, "the first");
  using _half = await send(serving, "GET / HTTP/1.1\r\n");
  using other = await send(serving, "");
  await handled(other, "the second");
  // The idle connection can be used again.
  await handled(idle, "the third");
  await within(server.shutdown(), "shutdown()");
  assertEquals([await idle.rest(), await fresh.rest()], ["", ""]);
});

Deno.test("WsgiServer.serveForever() serves the waiting requests first, and then new ones", async () => {
  await using serving = listen(recorded().app);
  using first = await send(serving, get("/1"));
  using second = await send(serving, get("/2"));
  serving.server.serveForever();
  assertEquals((await first.response()).body, "/1");
  assertEquals((await second.response()).body, "/2");
  assertEquals((await ask(serving, get("/3"))).body, "/3");
});

Deno.test("WsgiServer.shutdown() ends handleRequest() without a request", async () => {
  await using serving = listen(hello);
  const handled = [1, 2].map(() => serving.server.handleRequest());
  await serving.server.shutdown();
  assertEquals(await Promise.all(handled), [undefined, undefined]);
});
