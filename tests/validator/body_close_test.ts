// deno-lint-ignore-file explicit-function-return-type -- the applications in it have no types
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { setImmediate } from "node:timers/promises";
import { ConformanceError } from "../../mod.ts";
import { caught, play, TEXT } from "./programs.ts";
import { type Answers, recorded, returning, validate } from "./validated.ts";

const bytes = new TextEncoder().encode("Hello");
const text = { done: false, value: "text" };
const error = new RangeError("mine");

Deno.test("validator() cancels a stream that is read in part, or not at all", async () => {
  const reasons: unknown[] = [];
  const { call, app, found } = returning(() =>
    new ReadableStream({
      pull: (controller) => controller.enqueue(bytes),
      cancel: (reason) => void reasons.push(reason),
    })
  );
  const body = call();
  for await (const _chunk of body) break;
  await body.close();
  await play(call(), "return close");
  assertEquals(reasons, [undefined, undefined]);
  app.assertFinished();
  assertEquals(found, []);
});

const BODIES: Record<string, Answers> = {
  sound: {},
  wrong: { result: text },
  ended: { result: { done: true } },
  failed: { result: error },
  "wrong, return() throws": { result: text, stop: error },
  "wrong, stop rejects": { isAsync: true, result: text, stop: error },
  "no result": { isAsync: true, result: 5, stop: error },
  "return() rejects": { isAsync: true, stop: error },
  "close() throws": { close: error },
};

Deno.test.each([
  ["sound", "return close", "return close", ""],
  ["wrong", "next! close", "next return close", "body/chunk"],
  ["wrong, return() throws", "next! close?", "next return close", "body/chunk"],
  ["wrong, stop rejects", "next! close?", "next return close", "body/chunk"],
  ["no result", "next! close?", "next return close", "body/result"],
  ["return() rejects", "next return? close", "next return close", ""],
  ["sound", "detached!", "close", "close/not-on-body"],
  ["close() throws", "return closeWith?", "return close", "close/arguments"],
  ["sound", "next close!", "next close", "close/without-return"],
  ["sound", "return close close!", "return close", "close/called-twice"],
  ["failed", "next? return close", "next return close", ""],
  ["failed", "next? next! close", "next close", "iteration/next-after-end"],
  ["ended", "next next! close", "next close", "iteration/next-after-end"],
])(
  "validator() ends a body as the server should: %s, %s",
  async (kind, script, calls, rule) => {
    const seen: string[] = [];
    const { call, app, found } = returning(() => recorded(seen, BODIES[kind]));
    await play(call(), script);
    assertEquals([seen.join(" "), ...found], [calls, ...rule ? [rule] : []]);
    app.assertFinished();
  },
);

function* oneChunk() {
  yield bytes;
}

const AFTER_CLOSE = "iteration/next-after-close";
const NOT_ON_BODY = "close/not-on-body";

Deno.test.each([
  ["next next close next", [AFTER_CLOSE]],
  ["next next return next", ["iteration/return-again", AFTER_CLOSE]],
  ["next closeIterator return close closeIterator", [NOT_ON_BODY, NOT_ON_BODY]],
])("validator() reports each fault of a server: %s", async (script, ids) => {
  const { call, found } = returning(oneChunk, { throws: false });
  await play(call(), script);
  assertEquals(found, [...ids]);
});

Deno.test("validator() passes on the argument of return()", () => {
  const next = () => ({ done: false, value: bytes });
  const stop = (...value: unknown[]) => ({ done: true, value });
  const iterator = { next, return: stop };
  const body = returning(() => ({ [Symbol.iterator]: () => iterator })).call();
  const result = body[Symbol.iterator]().return("reason");
  assertEquals(result, { done: true, value: ["reason"] });
});

/** A body whose next() never settles. */
function pending(calls: string[]) {
  const body = recorded(calls, { isAsync: true });
  const iterator = body[Symbol.asyncIterator]();
  iterator.next = () => new Promise(() => {});
  return body;
}

Deno.test("validator() does not wait with return() for a next() that is pending", async () => {
  const calls: string[] = [];
  const { call } = returning(() => pending(calls));
  const body = call();
  const iterator = body[Symbol.asyncIterator]();
  iterator.next();
  const returned = iterator.return();
  body.close();
  await returned;
  assertEquals(calls, ["return", "close"]);
});

Deno.test("validator() calls return() even if the server misused next()", async () => {
  const calls: string[] = [];
  const { call, found } = returning(() => pending(calls));
  const body = call();
  const iterator = body[Symbol.asyncIterator]();
  iterator.next();
  await assertRejects(() => iterator.next(), ConformanceError);
  // For the server, next() has thrown: a loop then only closes.
  await body.close();
  assertEquals(calls, ["return", "close"]);
  assertEquals(found, ["iteration/overlapping"]);
});

Deno.test("validator() closes a body that does not reach the server", async () => {
  const calls: string[] = [];
  for (const result of [undefined, error]) {
    const close = () => {
      calls.push("close");
      // An unhandled rejection would end the process.
      return result && Promise.reject(result);
    };
    const { call, app } = returning(() => Object.assign(["text"], { close }));
    assertThrows(() => call(), ConformanceError);
    app.assertFinished();
  }
  assertEquals(calls, ["close", "close"]);
  await setImmediate();
});

Deno.test("assertFinished() waits until close() has done its work", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const close = () => promise;
  const { app, call } = returning(() => Object.assign([bytes], { close }));
  const closing = call().close();
  assertThrows(() => app.assertFinished(), ConformanceError);
  resolve();
  await closing;
  app.assertFinished();
});

Deno.test("validator() throws no finding at close() that another error has hidden", async () => {
  const { call, found } = validate(function* (_environ, startResponse) {
    startResponse("200 OK", TEXT);
    yield bytes;
    caught(() => startResponse("200 OK", TEXT));
    throw error;
  });
  await play(call(), "next next? close");
  assertEquals(found, ["start-response/called-twice"]);
});

Deno.test("validator() reports a changed array only at its first close()", () => {
  const array = [bytes];
  const { call, found } = returning(() => array, { throws: false });
  const body = call();
  body.close();
  array.push(bytes);
  body.close();
  assertEquals(found, ["close/called-twice"]);
});
