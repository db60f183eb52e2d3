import { assert, assertEquals } from "@std/assert";
import {
  dropBuffers,
  IDLE_SIZE,
  keptBytes,
  POOLED_SIZE,
  returnBuffer,
  returnIdleBuffer,
  SMALL_SIZE,
  takeBuffer,
  takeIdleBuffer,
  trimBuffers,
} from "../../server/buffer_pool.ts";
import { GatheringBuffer } from "../../server/gathering_buffer.ts";
import { ServedSocket, serveFake, settle } from "./fake_serving.ts";
import { answer, get } from "./serving.ts";

const MIB = 1_048_576;

/** Leaves behind the buffers of a burst of many busy connections. */
function burst(size: number): void {
  Array.from({ length: 500 }, () => takeBuffer(size)).forEach(returnBuffer);
}

Deno.test("takeBuffer() returns the smallest buffer that is large enough", () => {
  const lengths = [1, SMALL_SIZE, SMALL_SIZE + 1, POOLED_SIZE].map((size) =>
    takeBuffer(size).size
  );
  assertEquals(lengths, [SMALL_SIZE, SMALL_SIZE, POOLED_SIZE, POOLED_SIZE]);
});

Deno.test("trimBuffers() drops the buffers of a burst, but none that is in use", () => {
  burst(POOLED_SIZE);
  assert(keptBytes() > 30 * MIB);
  trimBuffers();
  for (let i = 0; i < 12; i++) {
    // This many buffers are needed at a time.
    burst(SMALL_SIZE);
    trimBuffers();
  }
  assert(keptBytes() < 3 * MIB, `${keptBytes()}`);
  assert(keptBytes() > 500 * SMALL_SIZE);
  dropBuffers();
  assert(keptBytes() < MIB);
});

Deno.test("makeServer() keeps no buffers when it has no connections", async () => {
  await using serving = serveFake(answer("x"));
  const socket = serving.connect();
  socket.send(get());
  await settle();
  burst(POOLED_SIZE);
  socket.end();
  await settle();
  assert(keptBytes() < MIB, `${keptBytes()}`);
});

Deno.test("makeServer() reads long heads in one piece after the first one", async () => {
  await using serving = serveFake(answer("x"));
  const socket = serving.connect();
  const reads: number[] = [];
  for (let i = 0; i < 3; i++) {
    const before = socket.reads;
    socket.send(
      `GET / HTTP/1.1\r\nHost: h\r\nCookie: ${"x".repeat(3_000)}\r\n\r\n`,
    );
    await settle();
    reads.push(socket.reads - before);
  }
  assertEquals(reads, [2, 1, 1]);
});

Deno.test("GatheringBuffer moves to a large buffer when a small one is full", () => {
  dropBuffers();
  const gathered = new GatheringBuffer();
  assert(gathered.add(new Uint8Array(4_000).fill(1)));
  assert(gathered.add(new Uint8Array(100).fill(2)));
  assert(!gathered.add(new Uint8Array(POOLED_SIZE)));
  const bytes = gathered.take()!;
  // Later bytes go somewhere else.
  gathered.add(new Uint8Array(9).fill(3));
  assertEquals([bytes.length, bytes[3_999], bytes[4_099]], [4_100, 1, 2]);
  assertEquals(bytes.buffer.byteLength, POOLED_SIZE);
  gathered.release();
  assertEquals(gathered.take()?.buffer.byteLength, SMALL_SIZE);
});

// The buffers of idle connections ------------------------------------------------

Deno.test("takeIdleBuffer() returns buffers that share no byte", () => {
  const buffers = Array.from({ length: 40 }, takeIdleBuffer);
  buffers.forEach((buffer, i) => buffer.fill(i + 1));
  buffers.forEach((buffer, i) => {
    assertEquals(buffer.length, IDLE_SIZE);
    assert(buffer.every((byte) => byte === i + 1));
  });
  buffers.forEach(returnIdleBuffer);
});

/** A connection that remembers the buffer into which the server reads. */
class WatchedSocket extends ServedSocket {
  buffer: Uint8Array | undefined;
  /** Fails the pending read if it is called. */
  fail: (error: Error) => void = () => {};

  override read(into: Uint8Array): Promise<number | null> {
    this.buffer = into;
    const { promise, resolve, reject } = Promise.withResolvers<number | null>();
    this.fail = reject;
    super.read(into).then(resolve, reject);
    return promise;
  }
}

Deno.test.each<[string, (socket: WatchedSocket) => void]>([
  ["the client has closed it", (socket) => socket.end()],
  ["the client has reset it", (socket) => socket.fail(new Error("reset"))],
  ["the server has closed it", (socket) => {
    socket.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    socket.end();
  }],
])(
  "makeServer() uses the buffer of an idle connection again when %s",
  async (_, close) => {
    await using serving = serveFake(answer("x"));
    // With the last connection, the server would drop free buffers.
    serving.connect();
    const socket = new WatchedSocket();
    serving.accept(socket);
    socket.send(get());
    await settle();
    close(socket);
    await settle();
    assert(socket.isClosed);
    assert(takeIdleBuffer() === socket.buffer);
    // It was returned once.
    assert(takeIdleBuffer() !== socket.buffer);
  },
);
