// Connections over fake sockets: a bound on their memory whatever their client
// does, and failures that a real socket has only by chance.

import { assert, assertEquals } from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import { within } from "../raw_client.ts";
import { serveFake, settle } from "./fake_serving.ts";
import { FakeSocket, turn } from "./fake_socket.ts";
import {
  answer,
  get,
  post,
  recorded,
  Waiting,
  WatchedBody,
} from "./serving.ts";

const MIB = 1_048_576;
const BUFFER = 65_536;
const large = answer(() => [new Uint8Array(MIB)]);

Deno.test.each([[20, false], [3, true]])(
  "makeServer() begins %d pipelined requests only as fast as the client reads responses, ended: %s",
  async (count, ends) => {
    const { app, paths } = recorded(large);
    await using serving = serveFake(app);
    const socket = serving.connect();
    socket.take(0);
    socket.send(get().repeat(count));
    if (ends) socket.end();
    await settle();
    assertEquals(paths.length, 1);
    socket.take(Infinity);
    if (ends) await within(socket.closed, "close()");
    else await settle();
    assertEquals(paths.length, count);
    assertEquals(socket.received.split("HTTP/1.1 200 OK").length - 1, count);
  },
);

Deno.test.each<[string, string, string | Uint8Array]>([
  ["a body that is not read", post("", 16 * MIB), new Uint8Array(MIB)],
  ["requests that wait", post(""), get().repeat(MIB / get().length)],
])(
  "makeServer() reads no more than one buffer while it handles a request: %s",
  async (_, head, rest) => {
    const waiting = new Waiting();
    await using serving = serveFake(waiting.app);
    const socket = serving.connect();
    socket.send(head);
    socket.send(rest);
    await settle();
    // The head came with a part of the body in a small buffer.
    assert(socket.taken <= BUFFER + 4_096, `${socket.taken} bytes were read`);
    assert(socket.unread > 0);
    waiting.go();
  },
);

Deno.test("makeServer() pauses the application while its client does not read", async () => {
  const block = new Uint8Array(8_192);
  const body = new WatchedBody((index) => index < 1000 ? block : undefined);
  await using serving = serveFake(body.app);
  const socket = serving.connect();
  socket.take(1);
  socket.send(get());
  await settle();
  assert(body.calls * 8_192 <= 3 * BUFFER, `${body.calls} blocks were made`);
  socket.take(Infinity);
  await settle();
  assertEquals(body.calls, 1001);
});

Deno.test.each([["whole", 1], ["broken", 2]])(
  "makeServer() closes a connection whose client reads nothing for keepAliveTimeout: a %s response",
  async (_, factor) => {
    const half = new Uint8Array(MIB / 2);
    const length = `${factor * MIB}`;
    await using serving = serveFake(
      answer(() => [half, half], "200 OK", [["Content-Length", length]]),
      { keepAliveTimeout: 100, requestTimeout: 200 },
    );
    const socket = serving.connect();
    socket.take(1_000);
    socket.send(get());
    await within(socket.closed, "close()");
    assertEquals(socket.received.length, 1_000);
  },
);

Deno.test("makeServer() keeps a connection open whose client reads a little now and then", async () => {
  await using serving = serveFake(large, { keepAliveTimeout: 100 });
  const { server } = serving;
  const socket = serving.connect();
  socket.take(1_000);
  socket.send(get());
  // Longer than the limit, which counts from the last byte that was taken, on
  // the clock of the server.
  const end = server.now + 2 * server.limits.keepAlive;
  for (let last = server.now; server.now < end;) {
    await settle();
    if (server.now > last) socket.take(1_000);
    last = server.now;
  }
  assertEquals(socket.isClosed, false);
  socket.take(Infinity);
  await settle();
  assert(socket.received.length > MIB);
  // Then it is idle.
  await within(socket.closed, "close()");
});

Deno.test("makeServer() sends the last chunk of a body as it was yielded, even if it changes later", async () => {
  const block = new Uint8Array(BUFFER).fill(97);
  function* body(): Generator<Uint8Array, void> {
    yield block;
    block.fill(35);
  }
  await using serving = serveFake(
    answer(body, "200 OK", [["Content-Length", `${BUFFER}`]]),
  );
  const socket = serving.connect();
  socket.take(1);
  socket.send(get());
  await settle();
  socket.take(Infinity);
  await settle();
  const [, received = ""] = socket.received.split("\r\n\r\n");
  assertEquals(received === "a".repeat(BUFFER), true);
});

/** A connection whose reads are also settled by the test. */
class ReadableSocket extends FakeSocket {
  #read = Promise.withResolvers<string | null>();

  /** Ends the pending read, or else the next one. */
  arrive(text: string | null): void {
    this.#read.resolve(text);
  }

  override async read(into: Uint8Array): Promise<number | null> {
    const text = await this.#read.promise;
    this.#read = Promise.withResolvers();
    if (text === null) return null;
    into.set(toBytes(text));
    return text.length;
  }
}

Deno.test.each<[string, (socket: ReadableSocket) => Promise<void>]>([
  ["is over after a write has failed", async (socket) => {
    // The system reports a reset once. The write gets it, and the read an end.
    const failed = socket.current.fail(new Error("reset"));
    socket.arrive(null);
    await failed;
  }],
  ["fails to write after its end was read", async (socket) => {
    socket.arrive(null);
    await turn();
    await socket.current.fail(new Error("reset"));
  }],
])("makeServer() immediately closes a connection that %s", async (_, leave) => {
  const { app, events } = new WatchedBody(() => new Uint8Array(65_536));
  const socket = new ReadableSocket();
  await using serving = serveFake(app, { shutdownTimeout: 60_000 });
  serving.accept(socket);
  socket.arrive(get());
  await turn();
  await leave(socket);
  // One turn of the timers: nothing waits any more.
  await new Promise((resolve) => setTimeout(resolve));
  await turn();
  assertEquals([events.at(-1), socket.closed], ["close", 1]);
  await within(serving.server.shutdown(), "shutdown()");
  assertEquals(socket.closed, 1);
});

Deno.test.each([
  ["answered", post("abc", 900_000), "HTTP/1.1 200 OK"],
  [
    "refused",
    post("abc").replace(": 3", ": 1, 1"),
    "HTTP/1.1 400 Bad Request",
  ],
])(
  "shutdown() does not reset the connection of an upload that was %s early",
  async (_, request, line) => {
    const options = { shutdownTimeout: 60_000 };
    await using serving = serveFake(answer("early"), options);
    const socket = serving.connect();
    socket.send(request);
    await settle();
    const shutdown = serving.server.shutdown();
    await settle();
    // Closing now, with bytes in transit, would reset it.
    assertEquals(socket.isClosed, false);
    assertEquals(socket.received.split("\r\n")[0], line);
    socket.send("def");
    socket.end();
    await within(shutdown, "shutdown()");
    assertEquals(socket.isClosed, true);
  },
);
