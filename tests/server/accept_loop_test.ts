// AcceptLoop with a listener whose connections the test creates.

import { assertEquals } from "@std/assert";
import { AcceptLoop } from "../../server/accept_loop.ts";
import type { Accepted, Listener } from "../../server/listener.ts";
import { within } from "../raw_client.ts";
import { FakeSocket, observe, turn } from "./fake_socket.ts";

/** A listener whose `accept()` the test settles. */
class FakeListener implements Listener {
  readonly port = 0;
  /** How often `accept()` was called. */
  calls = 0;
  closes = 0;
  #pending: PromiseWithResolvers<Accepted | undefined> | undefined;
  #asked = Promise.withResolvers<void>();

  accept(): Promise<Accepted | undefined> {
    this.calls++;
    this.#pending = Promise.withResolvers();
    this.#asked.resolve();
    return this.#pending.promise;
  }

  /** Waits until `accept()` is called again. */
  async next(): Promise<void> {
    await within(this.#asked.promise, "accept()");
  }

  /** Settles `accept()`, and lets the loop continue. */
  async settle(result: FakeSocket | Error | undefined): Promise<void> {
    await this.next();
    this.settleNow(result);
    await turn();
  }

  /** Settles `accept()`; the loop notices in a later job. */
  settleNow(result: FakeSocket | Error | undefined): void {
    const { resolve, reject } = this.#pending!;
    this.#asked = Promise.withResolvers();
    if (result instanceof Error) reject(result);
    else resolve(result && { socket: result, remote: undefined });
  }

  close(): void {
    this.closes++;
    this.#pending?.reject(new Deno.errors.BadResource("closed"));
  }
}

/** A loop with a fake listener. */
const start = (maxConnections?: number) => {
  const listener = new FakeListener();
  const accepted: unknown[] = [];
  const log: string[] = [];
  const loop = new AcceptLoop({
    listener,
    onAccept: ({ socket }) => void accepted.push(socket),
    log: (message) => void log.push(message),
    maxConnections,
  });
  return { listener, loop, accepted, log };
};

Deno.test("AcceptLoop continues immediately after a connection that is gone", async () => {
  const { listener, loop, accepted, log } = start();
  const socket = new FakeSocket();
  await listener.settle(undefined);
  await listener.settle(undefined);
  assertEquals(listener.calls, 3);
  await listener.settle(socket);
  assertEquals([accepted, log], [[socket], []]);
  await loop.stop();
});

Deno.test("AcceptLoop logs an error and pauses before it continues", async () => {
  const { listener, loop, accepted, log } = start();
  const socket = new FakeSocket();
  await listener.settle(new Error("Too many open files"));
  assertEquals(log, ["Cannot accept a connection: Error: Too many open files"]);
  assertEquals(listener.calls, 1);
  await listener.next();
  await listener.settle(socket);
  assertEquals([accepted, log.length], [[socket], 1]);
  await loop.stop();
});

Deno.test("AcceptLoop accepts no more connections than maxConnections", async () => {
  const { listener, loop, accepted } = start(2);
  await listener.settle(new FakeSocket());
  await listener.settle(new FakeSocket());
  assertEquals([accepted.length, listener.calls], [2, 2]);
  loop.release();
  await listener.settle(new FakeSocket());
  await turn();
  assertEquals([accepted.length, listener.calls], [3, 3]);
  loop.release();
  loop.release();
  await listener.next();
  assertEquals(listener.calls, 4);
  await loop.stop();
});

Deno.test.each<[string, FakeSocket | Error | undefined]>([
  ["waits for a connection", undefined],
  ["is full", new FakeSocket()],
  ["pauses", new Error("none")],
])(
  "AcceptLoop.stop() ends a loop that %s, and closes the listener once",
  async (_, result) => {
    const { listener, loop, log } = start(1);
    if (result !== undefined) await listener.settle(result);
    const before = [1, listener.calls, log.length];
    await within(Promise.all([loop.stop(), loop.stop()]), "stop()");
    assertEquals([listener.closes, listener.calls, log.length], before);
  },
);

Deno.test("AcceptLoop closes a connection that arrives while it stops", async () => {
  const { listener, loop, accepted } = start();
  const socket = new FakeSocket();
  listener.settleNow(socket);
  const stopped = observe(loop.stop());
  await turn();
  assertEquals([accepted, socket.closed, stopped.state], [[], 1, "open"]);
});
