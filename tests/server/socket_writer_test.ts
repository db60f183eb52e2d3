// SocketWriter with a connection whose writes the test settles.

import { assertEquals, assertStrictEquals } from "@std/assert";
import fc from "npm:fast-check@^4";
import { takeBuffer } from "../../server/buffer_pool.ts";
import type { PooledBuffer } from "../../server/pooled_buffer.ts";
import type { Socket } from "../../server/listener.ts";
import { SocketWriter } from "../../server/socket_writer.ts";
import { FakeSocket, observe, turn } from "./fake_socket.ts";

const NOTHING = new Uint8Array(0);
const LARGE = 32_768;

/** Creates a writer with a fake connection, and counts its failures. */
function create(): {
  socket: FakeSocket;
  writer: SocketWriter;
  failures: unknown[];
} {
  const socket = new FakeSocket();
  const failures: unknown[] = [];
  const writer = new SocketWriter(socket, {
    onWriteError: (error) => void failures.push(error),
  });
  return { socket, writer, failures };
}

function bytesOf(length: number, seed: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, index) => index * 7 + seed * 31);
}

const lengths = fc.oneof(
  fc.integer({ min: 0, max: 64 }),
  fc.constantFrom(LARGE - 1, LARGE, 66_558, 66_560, 66_561),
  fc.integer({ min: 0, max: 204_800 }),
);

const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constantFrom("add", "write"), length: lengths }),
    fc.record({ kind: fc.constant("flush") }),
    fc.record({
      kind: fc.constant("take"),
      count: fc.integer({ min: 1, max: 100_000 }),
    }),
  ),
  { maxLength: 12 },
);

Deno.test("SocketWriter sends all bytes in order, however they are cut and taken", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (sequence) => {
      const { socket, writer } = create();
      const given: number[] = [];
      let waited: PromiseLike<void> | void = undefined;
      for (const [index, step] of sequence.entries()) {
        if ("count" in step) {
          const { pending } = socket;
          await pending?.take(Math.min(step.count, pending.bytes.length));
        } else if (!("length" in step)) {
          writer.flush();
          await turn();
        } else {
          const chunk = bytesOf(step.length, index);
          for (const byte of chunk) given.push(byte);
          if (step.kind === "add") {
            writer.add(chunk);
            chunk.fill(0);
          } else {
            // A caller waits when it is asked to, as the Transport contract says.
            if (waited !== undefined) {
              const gate = observe(waited);
              await socket.drain(50_000);
              assertEquals(gate.state, "open");
            }
            const end = bytesOf(2, index + 1);
            given.push(...end);
            waited = writer.write(chunk, end);
            end.fill(0);
          }
        }
      }
      writer.flush();
      const drained = observe(writer.drained());
      await turn();
      await socket.drain(70_000);
      await turn();
      assertEquals([writer.isDrained, drained.state], [true, "open"]);
      const { sent } = socket;
      assertEquals(sent.length, given.length);
      assertEquals(sent.findIndex((byte, at) => byte !== given[at]), -1);
      writer.close(undefined);
    }),
    { numRuns: 40 },
  );
});

Deno.test("SocketWriter gathers small chunks while a write is under way", async () => {
  const { socket, writer } = create();
  writer.write(bytesOf(3, 0), NOTHING);
  for (let index = 1; index <= 5; index++) {
    writer.write(bytesOf(3, index), NOTHING);
  }
  assertEquals([socket.writes, socket.current.bytes.length], [1, 3]);
  await socket.current.take();
  assertEquals([socket.writes, socket.current.bytes.length], [2, 15]);
  await socket.drain();
  assertEquals([socket.writes, writer.isDrained], [2, true]);
});

Deno.test("SocketWriter continues where a write has stopped", async () => {
  const { socket, writer } = create();
  writer.write(bytesOf(1_000, 1), NOTHING);
  for (const [taken, rest] of [[1, 999], [900, 99], [98, 1]]) {
    await socket.current.take(taken);
    assertEquals(socket.current.bytes.length, rest);
  }
  await socket.current.take();
  assertEquals(socket.sent, bytesOf(1_000, 1));
});

Deno.test.each([LARGE, 100_000])(
  "SocketWriter copies no chunk of %d bytes, and waits until it is sent",
  async (size) => {
    const { socket, writer } = create();
    const chunk = bytesOf(size, 1);
    writer.add(bytesOf(5, 0));
    const gate = observe(writer.write(chunk, bytesOf(2, 2))!);
    await socket.current.take();
    assertStrictEquals(socket.current.bytes.buffer, chunk.buffer);
    await socket.current.take(size - 1);
    assertEquals([socket.current.bytes.length, gate.state], [1, "pending"]);
    await socket.drain();
    assertEquals(gate.state, "open");
    assertEquals(socket.sent.length, 5 + size + 2);
  },
);

Deno.test("SocketWriter makes the caller wait when little room is left", async () => {
  const { socket, writer } = create();
  writer.write(bytesOf(1, 0), NOTHING);
  writer.write(bytesOf(LARGE - 1, 1), NOTHING);
  const gate = observe(writer.write(bytesOf(LARGE - 1, 2), NOTHING)!);
  await turn();
  assertEquals(gate.state, "pending");
  await socket.current.take();
  // The gathered bytes are being written, and a whole buffer is free.
  assertEquals([gate.state, socket.current.bytes.length], ["open", 65_534]);
  await socket.drain();
});

Deno.test("SocketWriter reports a failure once, and rejects the callers that wait for close()", async () => {
  const { socket, writer, failures } = create();
  const gate = observe(writer.write(bytesOf(LARGE, 1), NOTHING)!);
  const drained = observe(writer.drained());
  const error = new Error("reset");
  await socket.current.fail(error);
  assertEquals(failures, [error]);
  assertEquals([gate.state, drained.state], ["pending", "open"]);
  const later = observe(writer.write(bytesOf(3, 2), NOTHING)!);
  writer.add(bytesOf(3, 3));
  writer.flush();
  await turn();
  assertEquals([socket.writes, failures.length], [1, 1]);
  assertEquals(later.state, "pending");
  writer.close(new Error("left"));
  writer.close(new Error("again"));
  await turn();
  assertEquals([gate.state, later.state], ["Error: left", "Error: left"]);
  const last = observe(writer.write(bytesOf(3, 4), NOTHING)!);
  await turn();
  assertEquals([last.state, failures.length], ["Error: left", 1]);
});

/** Takes buffers and returns those that begin with this mark. */
function takeMarked(mark: number): number {
  const seen = new Set<PooledBuffer>();
  let marked = 0;
  for (let count = 0; count < 70; count++) {
    const buffer = takeBuffer();
    if (buffer.bytes[0] === mark) marked++;
    if (seen.has(buffer)) throw new Error("A buffer was returned twice");
    seen.add(buffer);
    buffer.bytes[0] = 0;
  }
  return marked;
}

Deno.test.each<[string, (socket: FakeSocket) => Promise<void>]>([
  ["succeeds", (socket) => socket.current.take()],
  ["takes a part", (socket) => socket.current.take(1)],
  ["fails", (socket) => socket.current.fail(new Error("reset"))],
])(
  "SocketWriter.close() returns each buffer once when the write under way %s",
  async (_, settle) => {
    takeMarked(211);
    const { socket, writer, failures } = create();
    writer.write(Uint8Array.of(211, 1), NOTHING);
    writer.write(Uint8Array.of(211, 2), NOTHING);
    writer.close(new Error("stop"));
    // The system still reads the other one.
    assertEquals(takeMarked(211), 1);
    await settle(socket);
    assertEquals(takeMarked(211), 1);
    assertEquals([socket.writes, failures], [1, []]);
  },
);

/** A connection that accepts everything immediately, and counts its writes. */
function takingSocket(): { socket: Socket; writes: number[] } {
  const writes: number[] = [];
  const socket: Socket = {
    read: () => Promise.resolve(null),
    write(bytes): Promise<number> {
      writes.push(bytes.length);
      return Promise.resolve(bytes.length);
    },
    closeWrite: () => Promise.resolve(),
    close: () => {},
  };
  return { socket, writes };
}

Deno.test("SocketWriter gathers the chunks of an async generator that awaits nothing", async () => {
  const { socket, writes } = takingSocket();
  const writer = new SocketWriter(socket, { onWriteError: () => {} });
  const chunk = new Uint8Array(16_384);
  async function* generate(): AsyncGenerator<Uint8Array, void> {
    for (let i = 0; i < 16; i++) yield chunk;
  }
  const { now } = performance;
  try {
    // On a busy machine the time for gathering would be up.
    performance.now = () => 0;
    for await (const each of generate()) await writer.write(each, NOTHING);
    writer.flush();
    await writer.drained();
  } finally {
    performance.now = now;
  }
  assertEquals(writes[0], 16_384);
  assertEquals(writes.length <= 7, true, `${writes}`);
  assertEquals(writes.reduce((sum, length) => sum + length), 16 * 16_384);
});

Deno.test("SocketWriter sends what it has gathered when no further chunk comes", async () => {
  const { socket, writes } = takingSocket();
  const writer = new SocketWriter(socket, { onWriteError: () => {} });
  writer.write(new Uint8Array(1), NOTHING);
  await undefined;
  writer.write(new Uint8Array(2), NOTHING);
  assertEquals(writes, [1]);
  await turn();
  assertEquals(writes, [1, 2]);
  writer.write(new Uint8Array(3), NOTHING);
  await writer.drained();
  assertEquals(writes, [1, 2, 3]);
});
