import { assert, assertEquals, assertRejects } from "@std/assert";
import { fromBytes, toBytes } from "../../../wsgi/byte_string.ts";
import { RequestInput } from "../../../gateway/input/input_stream.ts";
import { inputOf, open, play, rejectsWith, text } from "./input_sources.ts";

Deno.test("RequestInput opens the source at the first read", async () => {
  const { input, source } = open(["abc"]);
  await play(input, 'read(0) ""; readline(0) ""; return() true');
  assertEquals([source.opened, source.pulls], [0, 0]);
  await play(input, 'read(1) "a"');
  assertEquals([source.opened, source.pulls], [1, 1]);
  await play(input, 'read() "bc"; read() ""');
  assertEquals(source.opened, 1);
});

Deno.test("RequestInput pulls only as many chunks as a read needs", async () => {
  const { input, source } = open(["ab", "cd", "ef\n", "gh"]);
  const steps = ['read(2) "ab"', 'read(1) "c"', 'readline() "def\\n"'];
  for (const [index, step] of steps.entries()) {
    await play(input, step);
    assertEquals(source.pulls, index + 1);
  }
});

Deno.test("RequestInput rejects with the error of a source that cannot be opened", async () => {
  const failure = new TypeError("Request closed");
  let calls = 0;
  const input = new RequestInput(() => {
    calls++;
    throw failure;
  });
  assert(await assertRejects(() => input.read()) === failure);
  assert(await assertRejects(() => input.readline()) === failure);
  assertEquals(calls, 1);
});

Deno.test("RequestInput rejects chunks that are not bytes", async () => {
  const stream = ReadableStream.from(["abc"]) as unknown as ReadableStream;
  const input = new RequestInput(() => stream);
  const error = await assertRejects(() => input.read(), TypeError);
  assertEquals(
    error.message,
    'Cannot read the request body: every chunk of its stream must be a Uint8Array, got "abc"',
  );
  assert(await assertRejects(() => input.read(1)) === error);
  assert(!stream.locked);
});

Deno.test("RequestInput releases the lock at the end", async () => {
  for (const contentLength of [undefined, 6]) {
    const { input, source } = open(["abc", "def"], { contentLength });
    await input.read(3);
    assert(source.stream.locked);
    await input.read();
    assert(!source.stream.locked);
    assertEquals(source.cancelled, []);
  }
});

const NO_SIZES: [unknown, ErrorConstructor, string][] = [
  [NaN, RangeError, "got NaN"],
  [1.5, RangeError, "got 1.5"],
  [Infinity, RangeError, "got Infinity"],
  ["5", TypeError, 'got "5"'],
  [5n, TypeError, "got a bigint"],
];

Deno.test("read(), readline() and readlines() reject invalid sizes", async () => {
  const { input, source } = open(["abc"]);
  for (const [value, ErrorClass, got] of NO_SIZES) {
    const size = value as number;
    const message =
      `Cannot read the request body: size must be an integer, ${got}`;
    for (const call of [() => input.read(size), () => input.readline(size)]) {
      const error = await assertRejects<Error>(call, ErrorClass);
      assertEquals(error.message, message);
    }
    const call = () => input.readlines(size);
    await assertRejects(call, ErrorClass, "hint must be an integer");
  }
  assertEquals(source.opened, 0);
  assertEquals(await text(input.read()), "abc");
});

Deno.test("RequestInput continues after an iteration that ended early", async () => {
  const { input, source } = open(["a\nb\nc", "\nd\n"]);
  for await (const line of input) {
    assertEquals(fromBytes(line), "a\n");
    break;
  }
  assertEquals(source.cancelled, []);
  assertEquals(await text(input.readline()), "b\n");
  assertEquals((await Array.fromAsync(input)).map(fromBytes), ["c\n", "d\n"]);
});

Deno.test("RequestInput returns iterators that stay ended after return() and at the end", async () => {
  const input = inputOf(["a\nb\n"]);
  await play(input, 'return() true; next() ""; readline() "a\\n"');
  const iterator = input[Symbol.asyncIterator]();
  assert(iterator[Symbol.asyncIterator]() === iterator);
  assertEquals(fromBytes((await iterator.next()).value!), "b\n");
  for (let turn = 0; turn < 2; turn++) {
    assertEquals(await iterator.next(), { done: true, value: undefined });
  }
});

Deno.test("readline() scans every byte once, however small the sizes and chunks", async () => {
  let scanned = 0;
  class Counting extends Uint8Array {
    override indexOf(value: number, from = 0): number {
      const index = super.indexOf(value, from);
      scanned += (index === -1 ? this.length : index + 1) - from;
      return index;
    }
  }
  const chunk = new Counting(1000).fill(97);
  const sized = inputOf([chunk]);
  for (let turn = 0; turn < 1000; turn++) await sized.readline(1);
  assertEquals(scanned, 1000);
  scanned = 0;
  const whole = inputOf(Array<Uint8Array>(100).fill(chunk));
  assertEquals((await whole.readline()).length, 100_000);
  assertEquals(scanned, 100_000);
});

Deno.test("read() returns arrays that own their whole buffer", async () => {
  class Subclass extends Uint8Array {}
  const input = inputOf([
    toBytes("0123456789").subarray(2, 8),
    toBytes("ab\ncd\n"),
    Subclass.from(toBytes("efgh")),
  ]);
  const results = [
    await input.read(2),
    await input.read(3),
    ...await input.readlines(1),
    await input.readline(),
    await input.read(4),
    await input.read(),
  ];
  const expected = ["23", "456", "7ab\n", "cd\n", "efgh", ""];
  assertEquals(results.map(fromBytes), expected);
  assertEquals(new Set(results.map(({ buffer }) => buffer)).size, 6);
  for (const { constructor, byteOffset, buffer, length } of results) {
    assert(constructor === Uint8Array);
    assertEquals([byteOffset, buffer.byteLength], [0, length]);
  }
});

Deno.test("read() does not copy a chunk that is the whole result", async () => {
  const chunk = toBytes("abc");
  assert((await inputOf([chunk]).read(3)).buffer === chunk.buffer);
  assert((await inputOf([chunk]).read()).buffer === chunk.buffer);
});

Deno.test("read() copies chunks of shared memory", async () => {
  const shared = new Uint8Array(new SharedArrayBuffer(3));
  shared.set(toBytes("abc"));
  const result = await inputOf([shared]).read();
  assert(result.buffer instanceof ArrayBuffer);
  assertEquals(fromBytes(result), "abc");
});

Deno.test("RequestInput leaves no unhandled rejection when reads are not awaited", async () => {
  const { input } = open(["abc"], { contentLength: 4 });
  input.read();
  input.readline();
  input.readlines();
  input[Symbol.asyncIterator]().next();
  await rejectsWith(400, input.read());
});

Deno.test("RequestInput continues after a call with an invalid size", async () => {
  const input = inputOf(["abc"]);
  const calls = [input.read(1), input.read(NaN), input.read(1)];
  const results = await Promise.allSettled(calls);
  const statuses = results.map(({ status }) => status);
  assertEquals(statuses, ["fulfilled", "rejected", "fulfilled"]);
  assertEquals(await text(input.read()), "c");
});

const SIZE = 20_000;

/** Large chunks, and an input over them. */
function large(
  count: number,
  ownsChunks = true,
): { input: RequestInput; chunks: Uint8Array<ArrayBuffer>[] } {
  const chunks = Array.from(
    { length: count },
    (_, i) => new Uint8Array(SIZE).fill(i),
  );
  const open = () => ReadableStream.from(chunks);
  return { chunks, input: new RequestInput(open, { ownsChunks }) };
}

Deno.test("read() frees the memory of its own chunks when it has copied them", async () => {
  const { input, chunks } = large(3);
  const detached = () => chunks.map(({ buffer }) => buffer.detached);
  assertEquals((await input.read(SIZE + 1)).length, SIZE + 1);
  assertEquals(detached(), [true, false, false]);
  const second = new Uint8Array(SIZE).fill(1).fill(2, -1);
  assertEquals(await input.read(SIZE), second);
  assertEquals((await input.read()).length, SIZE - 1);
  assertEquals(detached(), [true, true, true]);
  assertEquals((await input.read()).length, 0);
});

Deno.test("read() does not free a chunk that it returns, or that others may have", async () => {
  const own = large(1);
  const bytes = await own.input.read(SIZE);
  assertEquals(bytes, new Uint8Array(SIZE));
  assert(bytes.buffer === own.chunks[0]?.buffer);
  const shared = large(2, false);
  assertEquals((await shared.input.read()).length, 2 * SIZE);
  assert(!shared.chunks.some(({ buffer }) => buffer.detached));
});

Deno.test("readline() keeps the rest of a chunk", async () => {
  const { input, chunks } = large(1);
  chunks[0]!.fill(120)[10] = 10;
  for (const length of [11, SIZE - 11, 0]) {
    assertEquals((await input.readline()).length, length);
  }
});
