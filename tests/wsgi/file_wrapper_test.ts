import { assert, assertEquals, assertRejects } from "@std/assert";
import { assertStrictEquals, assertThrows } from "@std/assert";
import fc from "npm:fast-check@^4";
import { fromBytes, toBytes } from "../../wsgi/byte_string.ts";
import type { FileLike, ResponseBody } from "../../wsgi/types.ts";
import { FileWrapper } from "../../wsgi/file_wrapper.ts";
import { answering, fail, run } from "../gateway/recording_transport.ts";

/** A file that contains a text, and counts the calls to its methods. */
class TextFile implements FileLike {
  readonly sizes: number[] = [];
  closed = 0;
  #left: Uint8Array;

  constructor(text: string) {
    this.#left = toBytes(text);
  }

  read(size: number): Uint8Array {
    this.sizes.push(size);
    const block = this.#left.subarray(0, size);
    this.#left = this.#left.subarray(size);
    return block;
  }

  close(): string {
    this.closed++;
    return "closed";
  }
}

async function blocksOf(wrapper: FileWrapper): Promise<string[]> {
  return (await Array.fromAsync(wrapper)).map(fromBytes);
}

Deno.test("FileWrapper reads blocks of its size, 64 KiB by default, until there are no more", async () => {
  const file = new TextFile("hello");
  const wrapper = new FileWrapper(file, 2);
  assertStrictEquals<unknown>(wrapper.filelike, file);
  assertEquals(wrapper.blockSize, 2);
  assertEquals(await blocksOf(wrapper), ["he", "ll", "o"]);
  assertEquals(file.sizes, [2, 2, 2, 2]);
  const empty = new TextFile("");
  assertEquals(await blocksOf(new FileWrapper(empty)), []);
  assertEquals(empty.sizes, [65_536]);
});

Deno.test.each([
  ["an empty block", new Uint8Array()],
  ["null", null],
  ["undefined", undefined],
  ["a promise of null", Promise.resolve(null)],
])("FileWrapper ends at %s", async (_what, end) => {
  assertEquals(await blocksOf(new FileWrapper({ read: () => end })), []);
});

Deno.test("FileWrapper continues where an iteration stopped", async () => {
  const wrapper = new FileWrapper(new TextFile("abcd"), 1);
  for await (const block of wrapper) {
    assertEquals(fromBytes(block), "a");
    break;
  }
  assertStrictEquals(wrapper[Symbol.asyncIterator](), wrapper);
  assertEquals(await blocksOf(wrapper), ["b", "c", "d"]);
});

// file-wrapper-close
Deno.test("FileWrapper.close() closes the file, and nothing else does", async () => {
  const file = new TextFile("a");
  const wrapper = new FileWrapper(file);
  await blocksOf(wrapper);
  assertEquals(file.closed, 0);
  // A server may call it without the body as `this`.
  const { close } = wrapper;
  assertEquals([close?.(), file.closed], ["closed", 1]);
  for (const other of [{}, { close: undefined }]) {
    assert(!("close" in new FileWrapper({ read: () => null, ...other })));
  }
});

// file-wrapper-readable
Deno.test("FileWrapper() rejects what it cannot read, and wrong block sizes", () => {
  const start = "Cannot wrap the file: ";
  for (const file of [undefined, null, "text", {}, { read: "text" }]) {
    const wrap = () => new FileWrapper(file as FileLike);
    assertThrows(wrap, TypeError, `${start}it must have a read() method`);
  }
  for (const size of [0, -1, 1.5, NaN, Infinity, "7"]) {
    const wrap = () => new FileWrapper(new TextFile(""), size as number);
    const message = `block size must be a positive integer, got ${size}`;
    assertThrows(wrap, RangeError, start + message);
  }
});

Deno.test("FileWrapper rejects with what read() throws or rejects with", async () => {
  for (const read of [() => fail("disk"), () => Promise.try(fail, "disk")]) {
    const wrapper = new FileWrapper({ read });
    await assertRejects(() => wrapper.next(), Error, "disk");
  }
});

Deno.test("FileWrapper reads a Deno.FsFile into a new buffer for each block", async () => {
  const path = new URL(import.meta.url);
  const text = await Deno.readTextFile(path);
  const wrapper = new FileWrapper(await Deno.open(path), 1000);
  const blocks = await Array.fromAsync(wrapper);
  assertEquals(new Set(blocks.map(({ buffer }) => buffer)).size, blocks.length);
  assertEquals(await new Blob(blocks as BlobPart[]).text(), text);
  // The sanitizers see that this closes the file.
  wrapper.close?.();
});

// file-wrapper-body, file-wrapper-same-bytes
Deno.test("FileWrapper is a body with the same bytes, whatever the block size", async () => {
  const anyText = fc.string({ unit: fc.constantFrom("a", "b") });
  const anySize = fc.integer({ min: 1, max: 12 });
  await fc.assert(fc.asyncProperty(anyText, anySize, async (text, size) => {
    const file = new TextFile(text);
    const body: ResponseBody = new FileWrapper(file, size);
    const { transport } = await run(answering(() => body));
    assertEquals([transport.body, file.closed], [text, 1]);
  }));
});
