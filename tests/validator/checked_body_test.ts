// deno-lint-ignore-file explicit-function-return-type -- the applications in it have no types
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
} from "@std/assert";
import { runApplication } from "../../gateway/mod.ts";
import { idsOf, returning, TEXT, validate } from "./body_cases.ts";
import { createEnviron, type Loose } from "./scenario.ts";

const bytes = new TextEncoder().encode("Hello");

Deno.test("validator() keeps an array an array of the same chunks", () => {
  const more = new Uint8Array(2);
  const { call, app, found } = returning(() => [bytes, more]);
  const body = call() as Loose;
  assertEquals(Array.isArray(body), true);
  assertEquals(body.length, 2);
  assertStrictEquals(body[0], bytes);
  assertStrictEquals(body[1], more);
  assertEquals(Object.keys(body), ["0", "1", "close"]);
  body.close();
  app.assertFinished();
  assertEquals(found, []);
});

Deno.test("validator() keeps an empty array and one of one chunk", () => {
  for (const chunks of [[], [bytes]]) {
    const { call } = returning(() => chunks);
    const body = call() as Loose;
    assertEquals(body.length, chunks.length);
    assertEquals([...body], chunks);
  }
});

Deno.test("validator() takes a frozen array and leaves it as it is", () => {
  const chunks = Object.freeze([bytes]);
  const { call, found } = returning(() => chunks);
  const body = call() as Loose;
  body.close();
  assertEquals(body.length, 1);
  assertEquals(Object.keys(chunks), ["0"]);
  assertEquals(found, []);
});

Deno.test("validator() makes no promise of a sync application", () => {
  const { call } = validate(function* (_environ, startResponse) {
    startResponse("200 OK", TEXT);
    yield bytes;
  });
  const body = call() as Loose;
  assertEquals(body[Symbol.asyncIterator], undefined);
  const iterator = body[Symbol.iterator]();
  assertEquals(iterator.next(), { done: false, value: bytes });
  assertEquals(iterator.next(), { done: true, value: undefined });
  assertEquals(body.close(), undefined);
  assert(Array.isArray(returning(() => [bytes]).call()));
});

Deno.test("validator() hands on what runApplication() makes of a sync body without a promise", () => {
  const sent: string[] = [];
  const { app } = returning(() => [bytes]);
  const result = runApplication(app, createEnviron(), {
    sendHead: ({ status }) => void sent.push(status),
    write: (chunk) => void sent.push(new TextDecoder().decode(chunk)),
    end: () => void sent.push("end"),
    abort: () => void sent.push("abort"),
  });
  assertEquals(result, undefined);
  assertEquals(sent, ["200 OK", "Hello", "end"]);
});

Deno.test("validator() keeps an async application async", async () => {
  const { call } = returning(() => Promise.resolve([bytes]));
  const promise = call();
  assertInstanceOf(promise, Promise);
  assertEquals([...(await promise) as Loose], [bytes]);
});

Deno.test("validator() keeps an async body async", async () => {
  const { call, found } = returning(async function* () {
    yield await Promise.resolve(bytes);
  });
  const body = call() as Loose;
  assertEquals(body[Symbol.iterator], undefined);
  const chunks = await Array.fromAsync(body);
  assertStrictEquals(chunks[0], bytes);
  await body.close();
  assertEquals(found, []);
});

Deno.test("validator() calls close() on the body itself, with its result", async () => {
  const seen: unknown[] = [];
  const own = {
    async *[Symbol.asyncIterator]() {
      yield await Promise.resolve(bytes);
    },
    async close(...args: unknown[]) {
      await Promise.resolve();
      seen.push(this, args.length);
      return "closed";
    },
  };
  const { call, app } = returning(() => own);
  const body = call() as Loose;
  for await (const _chunk of body);
  assertEquals(await body.close(), "closed");
  assertEquals(seen.length, 2);
  assertStrictEquals(seen[0], own);
  assertEquals(seen[1], 0);
  app.assertFinished();
});

Deno.test("validator() reads close, next and return once", () => {
  const reads: string[] = [];
  const define = (object: Loose, name: string, value: unknown): Loose =>
    Object.defineProperty(object, name, {
      get: () => {
        reads.push(name);
        return value;
      },
    });
  const iterator = {};
  define(iterator, "next", () => ({ done: false, value: bytes }));
  define(iterator, "return", () => ({ done: true }));
  const { call } = returning(() =>
    define({ [Symbol.iterator]: () => iterator }, "close", () => {})
  );
  const body = call() as Loose;
  const chunks = body[Symbol.iterator]();
  chunks.next();
  chunks.next();
  chunks.return();
  body.close();
  assertEquals(reads, ["close", "next", "return"]);
});

Deno.test("validator() keeps interleaved requests apart", async () => {
  const { call, found, app } = validate(
    async function* (environ, startResponse) {
      const isBad = environ.REQUEST_METHOD === "POST";
      startResponse("200 OK", [...TEXT, ["Content-Length", "10"]]);
      yield await Promise.resolve(bytes);
      yield isBad ? new Uint8Array(6) : bytes;
    },
    { throws: false },
  );
  const bodies = ["GET", "POST", "GET"].map((method) => call(method) as Loose);
  const iterators = bodies.map((body) => body[Symbol.asyncIterator]());
  for (let round = 0; round < 3; round++) {
    for (const iterator of iterators) await iterator.next();
  }
  for (const body of bodies) await body.close();
  assertEquals(idsOf(found), ["body/content-length"]);
  assert(found[0]?.message.includes("11 bytes so far, not 10"));
  app.assertFinished();
});

Deno.test("validator() lets a body alone that it has refused without throwing", () => {
  const weird = new Map([["a", 1]]);
  const { call, found, app } = returning(() => weird, { throws: false });
  assertStrictEquals(call(), weird as Loose);
  assertEquals(idsOf(found), ["body/iterable"]);
  app.assertFinished();
});

Deno.test("validator() accepts chunks of another realm", async () => {
  const vm = await import("node:vm");
  const chunk = vm.runInNewContext("new Uint8Array([79, 75])");
  const array = vm.runInNewContext("[new Uint8Array([79, 75])]");
  assert(!(chunk instanceof Uint8Array));
  for (const make of [() => [chunk], () => array]) {
    const { call, found } = returning(make, { profile: "paranoid" });
    (call() as Loose).close();
    assertEquals(found, []);
  }
});

Deno.test("validator() accepts a Buffer of Node and a stream of Node", async () => {
  const { Buffer } = await import("node:buffer");
  const { Readable } = await import("node:stream");
  const { call, found, app } = returning(
    () => Readable.from([Buffer.from("Hello")]),
    { profile: "paranoid" },
  );
  const body = call() as Loose;
  const chunks = await Array.fromAsync(body) as Uint8Array[];
  assertEquals(new TextDecoder().decode(chunks[0]), "Hello");
  await body.close();
  app.assertFinished();
  assertEquals(found, []);
});
