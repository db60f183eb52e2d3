import { Buffer } from "node:buffer";
import { runInNewContext } from "node:vm";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { checkChunk } from "../../gateway/body_chunks.ts";
import { BodyReader } from "../../gateway/body_reader.ts";
import { toBytes } from "../../wsgi/byte_string.ts";
import { bodyOf, type Chunks } from "./recording_body.ts";
import { Events, fail, turn } from "./recording_transport.ts";

const ASYNC = Symbol.asyncIterator;

/** A reader, its events and its log. */
function logging(makeBody: unknown | ((events: Events) => unknown)): {
  reader: BodyReader;
  events: Events;
  logged: unknown[];
} {
  const logged: unknown[] = [];
  const events = new Events();
  const body = typeof makeBody === "function" ? makeBody(events) : makeBody;
  const reader = new BodyReader(body, {
    add: (error) => logged.push(error),
  });
  return { reader, events, logged };
}

/** An open reader whose body has this iterator. */
function readerOf(
  iterator: unknown,
  symbol: symbol = Symbol.iterator,
): BodyReader {
  const { reader } = logging({ [symbol]: () => iterator });
  reader.open();
  return reader;
}

Deno.test("BodyReader.open() iterates another body when one is given", async () => {
  const { reader } = logging([toBytes("a")]);
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
  const { reader } = logging(body);
  reader.open();
  assertEquals(reader.isAsync, isAsync);
});

// body-iterable, body-not-string, body-iterator
Deno.test.each<[string, unknown]>([
  ["undefined: is a return missing?", undefined],
  ["null", null],
  ['"text"', "text"],
  ["a function", function* (): Chunks {}],
  ["an object", {}],
  ["an object", { next(): void {} }],
  ["an object", { [Symbol.iterator]: [] }],
  ["an object", { [ASYNC]: 1, [Symbol.iterator]: () => [] }],
  ["a Response", new Response()],
  ["a Promise", Promise.resolve([])],
  ["a Uint8Array of 3 bytes: wrap it in an array", toBytes("abc")],
  ["a Float64Array", new Float64Array()],
  ["a DataView", new DataView(new ArrayBuffer(1))],
  ["an ArrayBuffer", new ArrayBuffer(1)],
  ["an iterable whose iterator is null", { [Symbol.iterator]: () => null }],
  ['an iterable whose iterator is "i"', { [Symbol.iterator]: () => "i" }],
])("BodyReader.open() rejects %s", (got, body) => {
  const reader = new BodyReader(body, { add: () => {} });
  const error = assertThrows(() => reader.open(), TypeError);
  assertEquals(
    error.message,
    `Cannot send the body: application must return an iterable of Uint8Array chunks, got ${got}`,
  );
});

// chunk-uint8array
Deno.test("checkChunk() accepts a Uint8Array and its subclasses, also of another realm", () => {
  const foreign = runInNewContext("new Uint8Array(1)");
  assert(!(foreign instanceof Uint8Array));
  for (const chunk of [new Uint8Array(), Buffer.from("a"), foreign]) {
    checkChunk(chunk);
  }
});

Deno.test.each<[string, unknown]>([
  ['"text"', "text"],
  ["null", null],
  ["an array", [1]],
  ["a Uint8ClampedArray", new Uint8ClampedArray(1)],
  ["an Int8Array", new Int8Array(1)],
  ["a Promise", Promise.resolve(toBytes("a"))],
  ["a Uint8Array", Object.create(Uint8Array.prototype)],
])("checkChunk() rejects %s", (got, chunk) => {
  const message =
    `Cannot send the body: chunk must be a Uint8Array, got ${got}`;
  assertThrows(() => checkChunk(chunk), TypeError, message);
});

Deno.test("BodyReader.next() and nextAsync() fail with the error of the body", async () => {
  const getter = {
    get then(): never {
      return fail();
    },
  };
  assertThrows(() => readerOf({ next: fail }).next(), Error, "on purpose");
  for (const next of [() => fail(), () => Promise.try(fail), () => getter]) {
    const reader = readerOf({ next }, ASYNC);
    await assertRejects(() => reader.nextAsync(), Error, "on purpose");
  }
});

Deno.test("BodyReader.next() rejects a promise and leaves no unhandled rejection", () => {
  const reader = readerOf({ next: () => Promise.try(fail) });
  const message =
    "Cannot send the body: next() of a sync iterator must not return a promise";
  assertThrows(() => reader.next(), TypeError, message);
});

Deno.test.each([[undefined, "undefined"], [null, "null"], ["a", '"a"']])(
  "BodyReader rejects %j as a result of next()",
  async (result, got) => {
    const message =
      `Cannot send the body: next() must return an object, got ${got}`;
    const next = (): unknown => result;
    assertThrows(() => readerOf({ next }).next(), TypeError, message);
    const reader = readerOf({ next }, ASYNC);
    await assertRejects(() => reader.nextAsync(), TypeError, message);
  },
);

Deno.test("BodyReader.ask() calls one of its functions, also if it is closed before or after", async () => {
  const asked = Promise.withResolvers<unknown>();
  const nexts = [() => asked.promise, () => Promise.try(fail)];
  for (const [index, next] of nexts.entries()) {
    const calls: unknown[] = [];
    const reader = readerOf({ next }, ASYNC);
    reader.ask((chunk) => calls.push(chunk), () => calls.push("failed"));
    if (index === 1) await turn();
    reader.close();
    await turn();
    asked.resolve({ done: false, value: toBytes("late") });
    await turn();
    assertEquals(calls, [index === 0 ? undefined : "failed"]);
  }
});

// close-unread-body
Deno.test.each<[string, boolean, () => unknown, string]>([
  ["was never opened", false, fail, "return,close"],
  ["was begun", true, () => ({ value: toBytes("a") }), "return,close"],
  ["has ended", true, () => ({ done: true }), "close"],
  ["failed", true, fail, "error,close"],
  [
    "had an invalid chunk",
    true,
    () => ({ value: "text" }),
    "error,return,close",
  ],
])(
  "BodyReader.close() ends a body that %s",
  async (_state, isOpened, next, expected) => {
    for (const symbol of [Symbol.iterator, ASYNC]) {
      const { reader, events, logged } = logging((events: Events) => ({
        [symbol]: () => ({ next, return: () => events.add("return") }),
        close: () => events.add("close"),
      }));
      try {
        if (isOpened) {
          reader.open();
          await (reader.isAsync ? reader.nextAsync() : reader.next());
        }
      } catch {
        events.add("error");
      }
      assertEquals(reader.close(), undefined);
      assertEquals([events.list.join(), logged], [expected, []]);
    }
  },
);

// close-once
Deno.test("BodyReader.close() does its work once", async () => {
  const { reader, events } = logging((events: Events) =>
    bodyOf("async iterator", ["a"], events)
  );
  assertEquals(reader.isClosed, false);
  const first = reader.close();
  assertEquals(reader.isClosed, true);
  assert(first instanceof Promise && reader.close() === first);
  await first;
  assert(reader.close() === first);
  assertEquals(events.list, ["return", "close"]);
});

Deno.test("BodyReader.close() does nothing when the close() of the body calls it", () => {
  let calls = 0;
  const close = () => (calls++, reader.close());
  const { reader } = logging({ ...bodyOf("iterator", []), close });
  reader.close();
  assertEquals(calls, 1);
});

Deno.test("BodyReader.close() ignores the late result of a pending next()", async () => {
  const late = [{ value: toBytes("late") }, { value: "no chunk" }, undefined];
  for (const result of late) {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    const reader = readerOf({ next: () => promise }, ASYNC);
    const chunk = reader.nextAsync();
    await reader.close();
    resolve(result);
    assertEquals(await chunk, undefined);
  }
});

// close-awaited
Deno.test.each([false, true])(
  "BodyReader.close() waits for return() before it calls close(), also after a chunk: %s",
  async (isBegun) => {
    const returned = Promise.withResolvers<void>();
    const { reader, events } = logging((events: Events) => ({
      [ASYNC]: () => ({
        // It need not be a promise.
        next: () => ({ value: toBytes("a") }),
        return: () => returned.promise,
      }),
      close: () => events.add("close"),
    }));
    if (isBegun) {
      reader.open();
      await new Promise((resolve, reject) => reader.ask(resolve, reject));
    }
    const closing = reader.close();
    await Promise.resolve();
    assertEquals(events.list, []);
    returned.resolve();
    await closing;
    assertEquals(events.list, ["close"]);
  },
);

// close-error
Deno.test.each<[string, unknown, string[]]>([
  ["return() and close() that throw", {
    [ASYNC]: () => ({ return: () => fail("return") }),
    close: () => fail("close"),
  }, ["Error: return", "Error: close"]],
  ["return() and close() that reject", {
    [ASYNC]: () => ({ return: () => Promise.try(fail, "return") }),
    close: () => Promise.try(fail, "close"),
  }, ["Error: return", "Error: close"]],
  ["a getter that throws", {
    [Symbol.iterator]: () => ({}),
    get close(): never {
      return fail();
    },
  }, ["Error: on purpose"]],
  ...[undefined, null, "close", {}].map((
    close,
  ): [string, unknown, string[]] => [
    `the close ${close}, which is not a function`,
    { [Symbol.iterator]: () => ({}), close },
    [],
  ]),
])(
  "BodyReader.close() logs the errors of %s",
  async (_what, body, expected) => {
    const { reader, logged } = logging(body);
    await reader.close();
    assertEquals(logged.map(String), expected);
  },
);

Deno.test("BodyReader.close() logs that a body is invalid", () => {
  const { reader, logged } = logging("text");
  reader.close();
  assert(logged.length === 1 && logged[0] instanceof TypeError);
});
