import { assertEquals } from "@std/assert";
import { RequestInput } from "../../../gateway/input/input_stream.ts";

const SIZE = 20_000;

function chunksOf(count: number): Uint8Array<ArrayBuffer>[] {
  return Array.from({ length: count }, (_, i) => new Uint8Array(SIZE).fill(i));
}

function inputOf(
  chunks: Uint8Array<ArrayBuffer>[],
  ownsChunks: boolean,
): RequestInput {
  return new RequestInput(() => ReadableStream.from(chunks), { ownsChunks });
}

Deno.test("RequestInput.read() gives the memory of its own chunks back when it has copied them", async () => {
  const chunks = chunksOf(3);
  const input = inputOf(chunks, true);
  const first = await input.read(SIZE + 1);
  assertEquals(first.length, SIZE + 1);
  assertEquals(chunks.map(({ buffer }) => buffer.detached), [
    true,
    false,
    false,
  ]);
  assertEquals(
    await input.read(SIZE),
    new Uint8Array(SIZE).fill(1).fill(2, -1),
  );
  assertEquals((await input.read()).length, SIZE - 1);
  assertEquals(chunks.every(({ buffer }) => buffer.detached), true);
  assertEquals((await input.read()).length, 0);
});

Deno.test("RequestInput.read() does not free a chunk that it hands over", async () => {
  const chunks = chunksOf(1);
  const bytes = await inputOf(chunks, true).read(SIZE);
  assertEquals(bytes, new Uint8Array(SIZE));
  assertEquals(bytes.buffer === chunks[0]?.buffer, true);
});

Deno.test("RequestInput.read() leaves chunks alone that others may have", async () => {
  const chunks = chunksOf(2);
  assertEquals((await inputOf(chunks, false).read()).length, 2 * SIZE);
  assertEquals(chunks.some(({ buffer }) => buffer.detached), false);
});

Deno.test("RequestInput.readline() keeps what is left of a chunk", async () => {
  const line = new Uint8Array(SIZE).fill(120);
  line[10] = 10;
  const input = inputOf([line], true);
  assertEquals((await input.readline()).length, 11);
  assertEquals((await input.readline()).length, SIZE - 11);
  assertEquals((await input.readline()).length, 0);
});
