import { assert, assertEquals } from "@std/assert";
import {
  dropBuffers,
  keptBytes,
  POOLED_SIZE,
  returnBuffer,
  SMALL_SIZE,
  takeBuffer,
  trimBuffers,
} from "../../server/buffer_pool.ts";
import { GatheringBuffer } from "../../server/gathering_buffer.ts";
import { serveFake, settle } from "./fake_serving.ts";
import { get } from "./serving.ts";

const MIB = 1024 * 1024;

/** Leaves behind what a burst of many busy connections needs. */
function burst(size: number): void {
  Array.from({ length: 500 }, () => takeBuffer(size)).forEach(returnBuffer);
}

Deno.test("takeBuffer() gives the smallest buffer that is large enough", () => {
  const lengths = [1, SMALL_SIZE, SMALL_SIZE + 1, POOLED_SIZE].map((size) =>
    takeBuffer(size).length
  );
  assertEquals(lengths, [SMALL_SIZE, SMALL_SIZE, POOLED_SIZE, POOLED_SIZE]);
});

Deno.test("trimBuffers() lets go of what a burst has left behind, and of nothing that is used", () => {
  burst(POOLED_SIZE);
  assert(keptBytes() > 30 * MIB);
  trimBuffers();
  for (let i = 0; i < 12; i++) {
    // So many are needed at a time.
    burst(SMALL_SIZE);
    trimBuffers();
  }
  assert(keptBytes() < 3 * MIB, `${keptBytes()}`);
  assert(keptBytes() > 500 * SMALL_SIZE);
  dropBuffers();
  assert(keptBytes() < MIB);
});

Deno.test("a server without connections keeps no buffers for them", async () => {
  await using serving = serveFake((_environ, startResponse) => {
    startResponse("200 OK", []);
    return [new Uint8Array(1)];
  });
  const socket = serving.connect();
  socket.send(get());
  await settle();
  burst(POOLED_SIZE);
  socket.end();
  await settle();
  assert(keptBytes() < MIB, `${keptBytes()}`);
});

Deno.test("GatheringBuffer moves to a large buffer when a small one is full", () => {
  dropBuffers();
  const gathered = new GatheringBuffer();
  assert(gathered.add(new Uint8Array(4_000).fill(1)));
  assert(gathered.add(new Uint8Array(100).fill(2)));
  assert(!gathered.add(new Uint8Array(POOLED_SIZE)));
  const bytes = gathered.take()!;
  // What comes meanwhile is somewhere else.
  gathered.add(new Uint8Array(9).fill(3));
  assertEquals([bytes.length, bytes[3_999], bytes[4_099]], [4_100, 1, 2]);
  assertEquals(bytes.buffer.byteLength, POOLED_SIZE);
  gathered.release();
  assertEquals(gathered.take()?.buffer.byteLength, SMALL_SIZE);
});
