import { Buffer } from "node:buffer";
import { setImmediate } from "node:timers/promises";
import { runInNewContext } from "node:vm";
import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { checkChunk } from "../../gateway/body_chunks.ts";
import { BodyReader } from "../../gateway/body_reader.ts";
import { toBytes } from "../../wsgi/byte_string.ts";
import { bodyOf, type Chunks, KINDS } from "./recording_body.ts";

const ASYNC = Symbol.asyncIterator;

/** A reader that logs nothing. */
function reading(body: unknown): BodyReader {
  return new BodyReader(body, { add: () => {} });
}

/** An open reader whose body has this iterator. */
function readerOf(
  iterator: unknown,
  symbol: symbol = Symbol.iterator,
): BodyReader {
  const reader = reading({ [symbol]: () => iterator });
  reader.open();
  return reader;
}

async function readAll(reader: BodyReader): Promise<string[]> {
  reader.open();
  const texts: string[] = [];
  for (;;) {
    const chunk = reader.isAsync ? await reader.nextAsync() : reader.next();
    if (chunk === undefined) return texts;
    texts.push(new TextDecoder().decode(chunk));
  }
}

Deno.test.each(KINDS)(
  "BodyReader reads the chunks of a body: %s",
  async (kind) => {
    const reader = reading(bodyOf(kind, ["a", "", "b"]));
    assertEquals(await readAll(reader), ["a", "", "b"]);
    assertEquals(reader.isAsync, kind.startsWith("async"));
  },
);

Deno.test("BodyReader.open() iterates something else when it is given", async () => {
  const reader = reading([toBytes("a")]);
  reader.open([toBytes("b")]);
  assertEquals(reader.next(), toBytes("b"));
  assertEquals(reader.next(), undefined);
  await reader.close();
});

// server-iterator-choice
Deno.test.each([
  [{ [ASYNC]: () => ({}), [Symbol.iterator]: () => ({}) }, true],
  [{ [ASYNC]: () => ({}) }, true],
  [{ [ASYNC]: undefined, [Symbol.iterator]: () => ({}) }, false],
  [{ [ASYNC]: null, [Symbol.iterator]: () => ({}) }, false],
])("BodyReader.open() of %o is async: %s", (body, isAsync) => {
  const reader = reading(body);
  reader.open();
  assertEquals(reader.isAsync, isAsync);
});

// body-iterable, body-not-string, body-iterator
Deno.test.each<[string, unknown]>([
  ["undefined: is a return missing?", undefined],
  ["null", null],
  ["true", true],
  ["a bigint", 7n],
  ["a symbol", Symbol("s")],
  ['"text"', "text"],
  ["a function", function* (): Chunks {}],
  ["an object", {}],
  ["an object", { next(): void {} }],
  ["an object", { [Symbol.iterator]: [] }],
  ["an object", { [ASYNC]: 1, [Symbol.iterator]: () => [] }],
  ["a Response", new Response()],
  ["a Promise", Promise.resolve([])],
  ["a Uint8Array of 3 bytes: wrap it in an array", toBytes("abc")],
  ["a Uint8ClampedArray", new Uint8ClampedArray()],
  ["a Float64Array", new Float64Array()],
  ["a DataView", new DataView(new ArrayBuffer(1))],
  ["an ArrayBuffer", new ArrayBuffer(1)],
  ["an iterable whose iterator is null", { [Symbol.iterator]: () => null }],
  ['an iterable whose iterator is "i"', { [Symbol.iterator]: () => "i" }],
])("BodyReader.open() refuses what is no body: %s", (got, body) => {
  const reader = reading(body);
  const error = assertThrows(() => reader.open(), TypeError);
  assertEquals(
    error.message,
    `Cannot send the body: application must return an iterable of Uint8Array chunks, got ${got}`,
  );
});

// chunk-uint8array. isUint8Array() of wsgi/ tells what is one.
Deno.test("checkChunk() takes a Uint8Array and its subclasses, also of another realm", () => {
  const foreign = runInNewContext("new Uint8Array(1)");
  assert(!(foreign instanceof Uint8Array));
  for (const chunk of [new Uint8Array(), Buffer.from("a"), foreign]) {
    checkChunk(chunk);
  }
});

Deno.test.each<[string, unknown]>([
  ['"text"', "text"],
  ["104", 104],
  ["null", null],
  ["an array", [1]],
  ["an ArrayBuffer", new ArrayBuffer(1)],
  ["a Uint8ClampedArray", new Uint8ClampedArray(1)],
  ["an Int8Array", new Int8Array(1)],
  ["a Promise", Promise.resolve(toBytes("a"))],
  ["a Uint8Array", Object.create(Uint8Array.prototype)],
])("checkChunk() refuses what is no Uint8Array: %s", (got, chunk) => {
  assertThrows(
    () => checkChunk(chunk),
    TypeError,
    `Cannot send the body: chunk must be a Uint8Array, got ${got}`,
  );
});

Deno.test("BodyReader.next() throws what the body throws", () => {
  const failure = new Error("no more");
  const next = (): never => {
    throw failure;
  };
  const reader = readerOf({ next });
  assertStrictEquals(assertThrows(() => reader.next()), failure);
});

Deno.test("BodyReader.next() refuses a promise and leaves no unhandled rejection", () => {
  const reader = readerOf({ next: () => Promise.reject(new Error("x")) });
  assertThrows(
    () => reader.next(),
    TypeError,
    "Cannot send the body: next() of a sync iterator must not give a promise",
  );
});

Deno.test.each([[undefined, "undefined"], [null, "null"], ["a", '"a"']])(
  "BodyReader refuses %j for a result of next()",
  async (result, got) => {
    const message =
      `Cannot send the body: next() must give an object, got ${got}`;
    const next = (): unknown => result;
    assertThrows(() => readerOf({ next }).next(), TypeError, message);
    const reader = readerOf({ next }, ASYNC);
    await assertRejects(() => reader.nextAsync(), TypeError, message);
  },
);

Deno.test("BodyReader.nextAsync() rejects with what the body throws or rejects with", async () => {
  const failure = new Error("no more");
  const nexts = [
    () => {
      throw failure;
    },
    () => Promise.reject(failure),
    () => ({
      get then(): never {
        throw failure;
      },
    }),
  ];
  for (const next of nexts) {
    const reader = readerOf({ next }, ASYNC);
    assertStrictEquals(await assertRejects(() => reader.nextAsync()), failure);
  }
});

Deno.test("BodyReader.nextAsync() takes results that are no promises", async () => {
  const next = (): unknown => ({ value: toBytes("a") });
  const reader = readerOf({ next }, ASYNC);
  assertEquals(await reader.nextAsync(), toBytes("a"));
});

Deno.test("BodyReader.close() waits for the return() of a body that has given what it was asked for", async () => {
  const events: string[] = [];
  const iterator = {
    next: () => Promise.resolve({ done: false, value: toBytes("a") }),
    return: () => Promise.resolve().then(() => events.push("returned")),
  };
  const close = () => events.push("close");
  const reader = reading({ [ASYNC]: () => iterator, close });
  reader.open();
  await new Promise((resolve, reject) => reader.ask(resolve, reject));
  await reader.close();
  assertEquals(events, ["returned", "close"]);
});

Deno.test("BodyReader.ask() calls one of its functions, also if the body is closed after an error", async () => {
  const calls: string[] = [];
  const next = () => Promise.reject(new Error("no more"));
  const reader = readerOf({ next }, ASYNC);
  await new Promise<void>((resolve) =>
    reader.ask(() => calls.push("take"), () => {
      calls.push("fail");
      resolve();
    })
  );
  await reader.close();
  await Promise.resolve();
  assertEquals(calls, ["fail"]);
});

Deno.test("BodyReader.ask() calls one of its functions, also if the body answers after its close()", async () => {
  const calls: unknown[] = [];
  const asked = Promise.withResolvers<unknown>();
  const reader = readerOf({ next: () => asked.promise }, ASYNC);
  const taken = new Promise<void>((resolve) =>
    reader.ask((chunk) => {
      calls.push(chunk);
      resolve();
    }, () => {})
  );
  reader.close();
  await taken;
  asked.resolve({ done: false, value: toBytes("late") });
  await setImmediate();
  assertEquals(calls, [undefined]);
});
