// What a connection does when its socket fails in ways that a real one does
// only by chance.

import { assertEquals } from "@std/assert";
import { toBytes } from "../../wsgi/byte_string.ts";
import { within } from "../raw_client.ts";
import { serveFake } from "./fake_serving.ts";
import { FakeSocket, turn } from "./fake_socket.ts";
import { get } from "./serving.ts";

/** A connection whose reads the test settles, too. */
class ReadableSocket extends FakeSocket {
  #read = Promise.withResolvers<string | null>();

  /** Lets the read that waits, or else the next one, end with this. */
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
])("A connection that %s is closed at once", async (_, leave) => {
  let closes = 0;
  const socket = new ReadableSocket();
  await using serving = serveFake((_environ, startResponse) => {
    startResponse("200 OK", []);
    return {
      async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
        for (;;) yield await Promise.resolve(new Uint8Array(65_536));
      },
      close: () => void closes++,
    };
  }, { shutdownTimeout: 60_000 });
  serving.accept(socket);
  socket.arrive(get());
  await turn();
  await leave(socket);
  // One turn of the timers: nothing is waited for any more.
  await new Promise((resolve) => setTimeout(resolve));
  await turn();
  assertEquals([closes, socket.closed], [1, 1]);
  await within(serving.server.shutdown(), "shutdown()");
  assertEquals(socket.closed, 1);
});
