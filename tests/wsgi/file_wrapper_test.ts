import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import fc from "npm:fast-check@^4";
import { fromBytes, toBytes } from "../../wsgi/byte_string.ts";
import type { FileLike, ResponseBody } from "../../wsgi/types.ts";
import { FileWrapper } from "../../wsgi/file_wrapper.ts";
import { answering, run } from "../gateway/recording_transport.ts";

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

  close(): void {
    this.closed++;
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
  close?.();
  assertEquals(file.closed, 1);
});

Deno.test("FileWrapper.close exists only for a file that has one, and returns its result", async () => {
  assert("close" in new FileWrapper(new TextFile("")));
  assert(!("close" in new FileWrapper({ read: () => null })));
  const file = { read: () => null, close: undefined };
  assert(!("close" in new FileWrapper(file)));
  const closed = Promise.resolve("closed");
  const wrapper = new FileWrapper({ read: () => null, close: () => closed });
  assertStrictEquals(wrapper.close?.(), closed);
  await closed;
});

const READABLE = "it must have a read() method";
const SIZE = "block size must be a positive integer, got ";

// file-wrapper-readable
Deno.test.each<[unknown, unknown, string]>([
  ...[undefined, null, "text", {}, { read: "text" }].map((file) =>
    [file, 1, READABLE] as [unknown, unknown, string]
  ),
  ...[0, -1, 1.5, NaN, Infinity, "7"].map((size) =>
    [new TextFile(""), size, `${SIZE}${size}`] as [unknown, unknown, string]
  ),
])("FileWrapper() rejects %j with block size %j", (file, size, message) => {
  assertThrows(
    () => new FileWrapper(file as FileLike, size as number),
    typeof file === "object" && file instanceof TextFile
      ? RangeError
      : TypeError,
    `Cannot wrap the file: ${message}`,
  );
});

Deno.test("FileWrapper rejects with what read() throws or rejects with", async () => {
  const failure = new Error("disk");
  const throwing = (): never => {
    throw failure;
  };
  for (const read of [throwing, () => Promise.reject(failure)]) {
    const wrapper = new FileWrapper({ read });
    assertStrictEquals(await assertRejects(() => wrapper.next()), failure);
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
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: fc.constantFrom("a", "b") }),
      fc.integer({ min: 1, max: 12 }),
      async (text, size) => {
        const file = new TextFile(text);
        const body: ResponseBody = new FileWrapper(file, size);
        const { transport } = await run(answering(() => body));
        assertEquals(transport.body, text);
        assertEquals(file.closed, 1);
      },
    ),
  );
});

Deno.test.each([["GET", "he"], ["HEAD", ""]])(
  "FileWrapper closes its file once when %s does not read all of it",
  async (method, body) => {
    const file = new TextFile("hello");
    const two = [["Content-Length", "2"]] as const;
    const app = answering(() => new FileWrapper(file, 1), two);
    const { transport } = await run(app, { method });
    assertEquals([transport.body, file.closed], [body, 1]);
  },
);
