// deno-lint-ignore-file explicit-function-return-type -- the applications in it have no types
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { Buffer } from "node:buffer";
import { Readable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { runInNewContext } from "node:vm";
import { ConformanceError } from "../../mod.ts";
import { play } from "./programs.ts";
import { recorded, returning } from "./validated.ts";
import type { Loose } from "./scenario.ts";

const bytes = new TextEncoder().encode("Hello");
const error = new Error("mine");

Deno.test.each<[readonly Uint8Array[]]>([
  [[]],
  [[bytes]],
  [[bytes, new Uint8Array(2)]],
  [Object.freeze([bytes])],
])("validator() keeps an array an array of the same chunks: %#", (chunks) => {
  const { call, app, found } = returning(() => chunks);
  const body = call();
  const indexes = [...chunks.keys()].map(String);
  assert(Array.isArray(body));
  assertEquals(body.length, chunks.length);
  for (const i of chunks.keys()) assertStrictEquals(body[i], chunks[i]);
  assertEquals(Object.keys(body), [...indexes, "close"]);
  assertEquals(Object.keys(chunks), indexes);
  (body as Loose).close();
  app.assertFinished();
  assertEquals(found, []);
});

Deno.test("validator() keeps a sync application sync", () => {
  const { call } = returning(() => [bytes].values());
  const body = call();
  assertEquals(body[Symbol.asyncIterator], undefined);
  const iterator = body[Symbol.iterator]();
  assertEquals(iterator.next(), { done: false, value: bytes });
  assertEquals(iterator.next(), { done: true, value: undefined });
  assertEquals(body.close(), undefined);
});

Deno.test("validator() keeps an async application async", async () => {
  const promise = returning(() => Promise.resolve([bytes])).call();
  assertInstanceOf(promise, Promise);
  assertEquals([...await promise as Loose], [bytes]);
});

Deno.test("validator() calls close() on the body itself, with its result", () => {
  const seen: unknown[] = [];
  const own = {
    *[Symbol.iterator]() {},
    close(...args: unknown[]) {
      seen.push(this, ...args);
      return "closed";
    },
  };
  const body = returning(() => own).call();
  assertEquals([...body], []);
  assertEquals(body.close(), "closed");
  assertEquals(seen.length, 1);
  assertStrictEquals(seen[0], own);
});

Deno.test("validator() reads close, next and return once", () => {
  const reads: string[] = [];
  const define = (object: object, name: string, value: unknown): Loose =>
    Object.defineProperty(object, name, {
      get: () => {
        reads.push(name);
        return value;
      },
    });
  const iterator = define({}, "next", () => ({ done: false, value: bytes }));
  define(iterator, "return", () => ({ done: true }));
  const own = { [Symbol.iterator]: () => iterator };
  const body = returning(() => define(own, "close", () => {})).call();
  const chunks = body[Symbol.iterator]();
  chunks.next();
  chunks.next();
  chunks.return();
  body.close();
  assertEquals(reads, ["close", "next", "return"]);
});

Deno.test.each([
  ["a chunk of another realm", () => [runInNewContext("new Uint8Array(2)")]],
  ["an array of another realm", () => runInNewContext("[new Uint8Array(2)]")],
  ["a Node stream of Buffers", () => Readable.from([Buffer.from("Hello")])],
])("validator() accepts %s", async (_what, make) => {
  const { call, found, app } = returning(make, { profile: "paranoid" });
  const body = call();
  const chunks = await Array.fromAsync<Loose>(body);
  assert(chunks[0].length > 1);
  await body.close();
  app.assertFinished();
  assertEquals(found, []);
});

// Errors ----------------------------------------------------------------------

const fail = (): never => {
  throw error;
};
const reject = (): Promise<never> => Promise.reject(error);

Deno.test.each<[() => Loose, string, boolean]>([
  [fail, "", false],
  [reject, "", false],
  [() => Object.defineProperty([], "close", { get: fail }), "", false],
  [() => Object.defineProperty({}, Symbol.iterator, { get: fail }), "", false],
  [() => new Proxy({}, { get: fail }), "", false],
  [() => Object.defineProperty([], 0, { get: fail }), "", false],
  [() => ({ [Symbol.iterator]: fail, close() {} }), "take", true],
  [() => recorded([], { result: error }), "next", true],
  [() => recorded([], { result: error, isAsync: true }), "next", true],
  [() => recorded([], { close: error }), "return close", false],
  [() => recorded([], { close: error, isAsync: true }), "return close", false],
])(
  "validator() passes on an error as it is: %#",
  async (make, script, isOpen) => {
    const { call, app, found } = returning(make);
    let body: Loose;
    const thrown = await assertRejects(async () => {
      body = await call();
      await play(body, script);
    });
    assertStrictEquals(thrown, error);
    if (isOpen) await body.close();
    app.assertFinished();
    assertEquals(found, []);
  },
);

Deno.test.each<[string, () => Loose]>([
  ["a chunk", () => [reject()]],
  ["a later chunk", () => ["text", reject()]],
  ["a yielded chunk", () => [reject()].values()],
  ["a result", () => ({ [Symbol.iterator]: () => ({ next: reject }) })],
])(
  "validator() rejects a rejected promise as %s, and handles it",
  async (_what, make) => {
    const { call } = returning(make);
    assertThrows(() => {
      for (const _chunk of call());
    }, ConformanceError);
    // An unhandled rejection would end the process about now.
    await setImmediate();
  },
);

Deno.test("validator() handles a rejected promise that is not awaited", async () => {
  returning(reject).call();
  await setImmediate();
});
