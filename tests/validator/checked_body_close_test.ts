// deno-lint-ignore-file explicit-function-return-type -- the applications in it have no types
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ConformanceError, validator } from "../../mod.ts";
import {
  idsOf,
  returning,
  startResponse,
  TEXT,
  validate,
} from "./body_cases.ts";
import { createEnviron, type Loose } from "./scenario.ts";

const bytes = new TextEncoder().encode("Hello");

/** A body that writes down what is called on it. */
function recorded(calls: string[], options: {
  result?: unknown;
  stop?: unknown;
  close?: unknown;
} = {}): Loose {
  const answer = (value: unknown): unknown => {
    if (value instanceof Error) throw value;
    return value;
  };
  return {
    [Symbol.iterator]: () => ({
      next() {
        calls.push("next");
        return options.result ?? { done: false, value: bytes };
      },
      return() {
        calls.push("return");
        return answer(options.stop ?? { done: true });
      },
    }),
    close() {
      calls.push("close");
      return answer(options.close);
    },
  };
}

Deno.test("validator() cancels a stream when the server stops early", async () => {
  let reason: unknown = "not cancelled";
  const { call, app, found } = returning(() =>
    new ReadableStream({
      pull: (controller) => controller.enqueue(bytes),
      cancel: (given) => void (reason = given),
    })
  );
  const body = call() as Loose;
  for await (const _chunk of body) break;
  await body.close();
  assertEquals(reason, undefined);
  app.assertFinished();
  assertEquals(found, []);
});

Deno.test("validator() cancels a stream that nobody has read", async () => {
  let cancelled = 0;
  const { call, found } = returning(() =>
    new ReadableStream({ cancel: () => void cancelled++ })
  );
  const body = call() as Loose;
  await body[Symbol.asyncIterator]().return();
  await body.close();
  assertEquals(cancelled, 1);
  assertEquals(found, []);
});

Deno.test("validator() offers return() only if the body's iterator has it", () => {
  const next = () => ({ done: false, value: bytes });
  const { call } = returning(() => ({ [Symbol.iterator]: () => ({ next }) }));
  const body = call() as Loose;
  assertEquals(body[Symbol.iterator]().return, undefined);
  const calls: string[] = [];
  const other = returning(() => recorded(calls)).call() as Loose;
  assertEquals(other[Symbol.iterator]().return(), { done: true });
  assertEquals(calls, ["return"]);
});

Deno.test("validator() passes the argument of return() on", () => {
  let given: unknown[] = [];
  const { call } = returning(() => ({
    [Symbol.iterator]: () => ({
      next: () => ({ done: false, value: bytes }),
      return(...args: unknown[]) {
        given = args;
        return { done: true };
      },
    }),
  }));
  (call() as Loose)[Symbol.iterator]().return("reason");
  assertEquals(given, ["reason"]);
});

Deno.test("validator() does not wait with return() for a next() that is pending", async () => {
  const calls: string[] = [];
  const { call } = returning(() => ({
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise(() => {}),
      async return() {
        await Promise.resolve();
        calls.push("return");
        return { done: true };
      },
    }),
    close: () => void calls.push("close"),
  }));
  const body = call() as Loose;
  const iterator = body[Symbol.asyncIterator]();
  iterator.next();
  const returned = iterator.return();
  body.close();
  assertEquals(calls, ["close"]);
  await returned;
  assertEquals(calls, ["close", "return"]);
});

Deno.test("validator() ends a body that it has broken off itself", () => {
  const calls: string[] = [];
  const { call, app, found } = returning(() =>
    recorded(calls, { result: { done: false, value: "text" } })
  );
  const body = call() as Loose;
  const iterator = body[Symbol.iterator]();
  assertThrows(() => iterator.next(), ConformanceError, "Uint8Array");
  // To the server next() has thrown: it calls close() and nothing else.
  body.close();
  assertEquals(calls, ["next", "return", "close"]);
  assertEquals(idsOf(found), ["body/chunk"]);
  app.assertFinished();
});

Deno.test("validator() calls close() also if return() throws", () => {
  const calls: string[] = [];
  const error = new Error("return");
  const { call } = returning(() =>
    recorded(calls, { result: { done: false, value: "text" }, stop: error })
  );
  const body = call() as Loose;
  assertThrows(() => body[Symbol.iterator]().next(), ConformanceError);
  assertThrows(() => body.close(), Error, "return");
  assertEquals(calls, ["next", "return", "close"]);
});

Deno.test("validator() calls close() once also if return() rejects", async () => {
  const calls: string[] = [];
  const { call, app } = returning(() => ({
    [Symbol.asyncIterator]: () => ({
      next: () => Promise.resolve({ done: false, value: "text" }),
      return: () => Promise.reject(new Error("return")),
    }),
    async close() {
      await Promise.resolve();
      calls.push("close");
    },
  }));
  const body = call() as Loose;
  const iterator = body[Symbol.asyncIterator]();
  await assertRejects(() => iterator.next(), ConformanceError);
  await assertRejects(() => body.close(), Error, "return");
  assertEquals(calls, ["close"]);
  app.assertFinished();
});

Deno.test("validator() forwards a return() that rejects, and close() after it", async () => {
  const calls: string[] = [];
  const { call, app, found } = returning(() => ({
    [Symbol.asyncIterator]: () => ({
      next: () => Promise.resolve({ done: false, value: bytes }),
      return: () => Promise.reject(new Error("return")),
    }),
    close: () => void calls.push("close"),
  }));
  const body = call() as Loose;
  const iterator = body[Symbol.asyncIterator]();
  await iterator.next();
  await assertRejects(() => iterator.return(), Error, "return");
  await body.close();
  assertEquals(calls, ["close"]);
  assertEquals(found, []);
  app.assertFinished();
});

Deno.test("validator() closes the body once even if the server does it twice", () => {
  const calls: string[] = [];
  const { call } = returning(() => recorded(calls), { throws: false });
  const body = call() as Loose;
  body[Symbol.iterator]().return();
  body.close();
  body.close();
  assertEquals(calls, ["return", "close"]);
});

Deno.test("validator() closes the body even if the way the server does it is wrong", () => {
  const calls: string[] = [];
  const { call, app } = returning(() => recorded(calls));
  const { close } = call() as Loose;
  assertThrows(() => close(), ConformanceError, "without the body as this");
  assertEquals(calls, ["close"]);
  app.assertFinished();
});

Deno.test("validator() throws an error of the body rather than a finding, and reports that", () => {
  const error = new Error("close");
  const { call, found } = returning(() => recorded([], { close: error }));
  const body = call() as Loose;
  body[Symbol.iterator]().return();
  const thrown = assertThrows(() => body.close("argument"), Error, "close");
  assertEquals(thrown, error);
  assertEquals(idsOf(found), ["close/arguments"]);
});

Deno.test("validator() closes a body that the server never gets to see", async () => {
  const calls: string[] = [];
  const close = (): void => void calls.push("close");
  const { call, app } = returning(() => Object.assign(["text"], { close }));
  assertThrows(() => call(), ConformanceError);
  assertEquals(calls, ["close"]);
  app.assertFinished();

  const failing = (): Promise<void> => Promise.reject(new Error("close"));
  const rejecting = returning(() =>
    Object.assign(["text"], { close: failing })
  );
  assertThrows(() => rejecting.call(), ConformanceError);
  await new Promise((resolve) => setTimeout(resolve, 1));
});

Deno.test("assertFinished() knows what was called, and what was closed", async () => {
  const { call, app } = returning(() => [bytes]);
  const bodies = [call() as Loose, call() as Loose];
  assertThrows(() => app.assertFinished(), ConformanceError, "2 requests");
  bodies[0].close();
  assertThrows(() => app.assertFinished(), ConformanceError, "1 request left");
  bodies[1].close();
  app.assertFinished();

  const { promise, resolve } = Promise.withResolvers<void>();
  const slow = returning(() =>
    Object.assign([bytes], { close: () => promise })
  );
  const closing = (slow.call() as Loose).close();
  assertThrows(() => slow.app.assertFinished(), ConformanceError);
  resolve();
  await closing;
  slow.app.assertFinished();
});

Deno.test("validator() has no quarrel with middleware that goes on with an iterator", () => {
  const found: string[] = [];
  const options = {
    onViolation: ({ rule }: { rule: string }) => void found.push(rule),
  };
  const inner = validator(function* (_environ, startResponse) {
    startResponse("200 OK", TEXT);
    yield bytes;
    yield bytes;
  }, options);
  const outer = validator((environ, startResponse) => {
    const body = inner(environ, startResponse) as Loose;
    const iterator = body[Symbol.iterator]();
    const first = iterator.next().value;
    return {
      *[Symbol.iterator]() {
        yield first;
        yield* iterator;
      },
      close: () => body.close(),
    };
  }, options);
  const body = outer(createEnviron(), startResponse) as Loose;
  assertEquals([...body], [bytes, bytes]);
  body.close();
  assertEquals(found, []);
  inner.assertFinished();
  outer.assertFinished();
});

Deno.test("validator() finds what the application does in its close()", () => {
  const { call, found } = validate((_environ, startResponse) => {
    const write = startResponse("200 OK", TEXT);
    return Object.assign([bytes], {
      close() {
        try {
          write(bytes);
        } catch {
          // Swallowed.
        }
      },
    });
  });
  const body = call() as Loose;
  assertThrows(
    () => body.close(),
    ConformanceError,
    "after the body was closed",
  );
  assertEquals(idsOf(found), ["write/after-end"]);
});
