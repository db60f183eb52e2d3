// What a client that resets its connection leaves behind: nothing.

import { assertEquals } from "@std/assert";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { toBytes } from "../../wsgi/byte_string.ts";
import type { Application, ResponseBody } from "../../wsgi/types.ts";
import { ask, within } from "../raw_client.ts";
import { get, serve, type Serving } from "./serving.ts";

const BLOCK = new Uint8Array(65_536);

/** What an application reports of itself, and what a test waits for. */
class Events {
  readonly seen: string[] = [];
  readonly #waiting = new Map<string, PromiseWithResolvers<void>>();

  add(event: string): void {
    this.seen.push(event);
    this.#deferred(event).resolve();
  }

  /** Waits until something has happened. */
  async wait(event: string): Promise<void> {
    await within(this.#deferred(event).promise, event);
  }

  count(event: string): number {
    return this.seen.filter((other) => other === event).length;
  }

  #deferred(event: string): PromiseWithResolvers<void> {
    const deferred = this.#waiting.get(event) ?? Promise.withResolvers<void>();
    this.#waiting.set(event, deferred);
    return deferred;
  }
}

/** Makes a body that reports when it is read and closed. */
function watched(
  events: Events,
  next: () => Promise<Uint8Array>,
): ResponseBody {
  return {
    async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
      for (;;) yield await next();
    },
    close: () => events.add("close"),
  };
}

/** Waits, reads or sends without end, as the path says. */
function application(events: Events): Application {
  return async (environ, startResponse) => {
    const path = environ.PATH_INFO;
    if (path === "/next") {
      startResponse("200 OK", []);
      return [toBytes("next")];
    }
    let blocks = 0;
    const aborted = Promise.withResolvers<void>();
    environ["wsgiref.signal"]!().addEventListener("abort", () => {
      events.add("abort");
      aborted.resolve();
    });
    events.add("called");
    if (path === "/wait") await aborted.promise;
    if (path === "/upload") {
      const input = environ["wsgi.input"];
      await input.read(10).then(() => events.add("read"));
      await input.read().catch(() => events.add("read failed"));
    }
    startResponse("200 OK", []);
    return watched(events, async () => {
      if (path === "/stall") {
        events.add("stalled");
        await aborted.promise;
      }
      // The system takes some blocks before the first one waits.
      if (++blocks === 4) events.add("sent");
      return BLOCK;
    });
  };
}

/** A client that ends its connection with a reset, which Deno.Conn cannot. */
class ResettingClient {
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  static async connect({ port }: Serving): Promise<ResettingClient> {
    const socket = connect(port, "127.0.0.1");
    socket.pause();
    await within(once(socket, "connect"), "the connection");
    return new ResettingClient(socket);
  }

  send(text: string): Promise<void> {
    return new Promise((resolve) => this.#socket.write(text, () => resolve()));
  }

  async reset(): Promise<void> {
    const closed = once(this.#socket, "close");
    this.#socket.resetAndDestroy();
    await within(closed, "the end of the connection");
  }
}

const upload = "POST /upload HTTP/1.1\r\nHost: h\r\n";

// What is sent before the client leaves, what it waits for, and what happens in
// the application beside its call, the abort of its signal and its one close().
Deno.test.each<[string, string, string, string[]]>([
  ["before a head", "", "", []],
  ["in a request line", "GET / HT", "", []],
  ["in a head", get().slice(0, -2), "", []],
  ["while the application waits", get("/wait"), "called", []],
  ["before a pipelined request", get("/wait") + get("/next"), "called", []],
  ["while the body waits", get("/stall"), "stalled", ["stalled"]],
  ["in a download", get("/download"), "sent", ["sent"]],
  [
    "in an upload",
    `${upload}Content-Length: 100\r\n\r\n0123456789abc`,
    "read",
    ["read", "read failed"],
  ],
  [
    "in a chunked upload",
    `${upload}Transfer-Encoding: chunked\r\n\r\nff\r\n0123456789abc`,
    "read",
    ["read", "read failed"],
  ],
])(
  "makeServer() keeps nothing of a client that resets %s",
  async (_, sent, event, seen) => {
    const events = new Events();
    // A request that is left behind makes shutdown() take longer than it may.
    await using serving = serve(application(events), {
      shutdownTimeout: 60_000,
    });
    const client = await ResettingClient.connect(serving);
    if (sent !== "") await client.send(sent);
    if (event !== "") await events.wait(event);
    await client.reset();
    if (event !== "") await events.wait("close");
    assertEquals((await ask(serving, get("/next"))).body, "next");
    await within(serving.server.shutdown(), "shutdown()");
    const always = event === "" ? [] : ["called", "abort", "close"];
    assertEquals(events.seen.sort(), [...always, ...seen].sort());
    assertEquals(serving.log, []);
  },
);

Deno.test("makeServer() passes over a client that resets while its request waits", async () => {
  const events = new Events();
  await using serving = serve(application(events), {
    maxInFlight: 1,
    shutdownTimeout: 60_000,
  });
  const queued = await ResettingClient.connect(serving);
  const running = await ResettingClient.connect(serving);
  await running.send(get("/wait"));
  await events.wait("called");
  await queued.send(get("/wait"));
  await queued.reset();
  const next = ask(serving, get("/next"));
  await running.reset();
  assertEquals((await next).body, "next");
  await within(serving.server.shutdown(), "shutdown()");
  assertEquals(events.count("called"), events.count("close"));
  assertEquals(serving.log, []);
});

Deno.test("makeServer() closes each of 100 downloads once whose clients reset", async () => {
  const events = new Events();
  await using serving = serve(application(events), { shutdownTimeout: 60_000 });
  await Promise.all(Array.from({ length: 100 }, async () => {
    const client = await ResettingClient.connect(serving);
    await client.send(get("/download"));
    await events.wait("sent");
    await client.reset();
  }));
  await within(serving.server.shutdown(), "shutdown()");
  assertEquals(events.count("close"), events.count("called"));
});
