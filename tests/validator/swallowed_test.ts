// deno-lint-ignore-file explicit-function-return-type -- the applications in it have no types
import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { ConformanceError } from "../../mod.ts";
import { idsOf, TEXT, validate } from "./body_cases.ts";
import type { Loose } from "./scenario.ts";

const bytes = new TextEncoder().encode("Hello");

/** Calls something and forgets what it throws, as a careless program does. */
function swallow(action: () => unknown): unknown {
  try {
    return action();
  } catch {
    return undefined;
  }
}

/** Begins a response wrongly, and swallows what that throws. */
function startBadly(startResponse: Loose): void {
  swallow(() => startResponse(200, TEXT));
}

Deno.test("a finding that was swallowed is thrown again when an array is returned", () => {
  const { call, app, found } = validate((_environ, startResponse) => {
    startBadly(startResponse);
    return [];
  });
  const error = assertThrows(() => call(), ConformanceError);
  assertEquals(error.violation.rule, "status/string");
  assertEquals(idsOf(found), ["status/string"]);
  app.assertFinished();
});

Deno.test("a finding that was swallowed is thrown again from the last next()", () => {
  const { call, app, found } = validate(function* (_environ, startResponse) {
    startBadly(startResponse);
    yield bytes;
    yield bytes;
  });
  const body = call() as Loose;
  const iterator = body[Symbol.iterator]();
  iterator.next();
  iterator.next();
  const error = assertThrows(() => iterator.next(), ConformanceError);
  assertEquals(error.violation.rule, "status/string");
  body.close();
  assertEquals(idsOf(found), ["status/string"]);
  app.assertFinished();
});

Deno.test("a finding that was swallowed is the same error when it is thrown again", async () => {
  let first: unknown;
  const { call } = validate(async function* (_environ, startResponse) {
    try {
      startResponse(200, TEXT);
    } catch (error) {
      first = error;
    }
    yield await Promise.resolve(bytes);
  });
  const iterator = (call() as Loose)[Symbol.asyncIterator]();
  await iterator.next();
  const again = await assertRejects(() => iterator.next(), ConformanceError);
  assertStrictEquals(again, first);
});

Deno.test("a finding that was swallowed is thrown again by an async application", async () => {
  const { call, app, found } = validate(async (_environ, startResponse) => {
    const write = startResponse("200 OK", TEXT);
    await Promise.resolve();
    swallow(() => write("text"));
    return [bytes];
  });
  const promise = call() as Promise<unknown>;
  const error = await assertRejects(() => promise, ConformanceError);
  assertEquals(error.violation.rule, "write/chunk");
  assertEquals(idsOf(found), ["write/chunk"]);
  app.assertFinished();
});

Deno.test("a finding that was swallowed is thrown again from close() if the server stops early", () => {
  const { call, app, found } = validate(function* (_environ, startResponse) {
    startBadly(startResponse);
    while (true) yield bytes;
  });
  const body = call() as Loose;
  for (const _chunk of body) break;
  const error = assertThrows(() => body.close(), ConformanceError);
  assertEquals(error.violation.rule, "status/string");
  assertEquals(idsOf(found), ["status/string"]);
  app.assertFinished();
});

Deno.test("a finding that was swallowed is thrown again from an async close()", async () => {
  const { call, app } = validate((_environ, startResponse) => {
    startResponse("200 OK", TEXT);
    return {
      async *[Symbol.asyncIterator]() {
        yield await Promise.resolve(bytes);
      },
      async close() {
        await Promise.resolve();
        startBadly(startResponse);
      },
    };
  });
  const body = call() as Loose;
  for await (const _chunk of body);
  const error = await assertRejects(() => body.close(), ConformanceError);
  assertEquals(error.violation.rule, "start-response/after-end");
  app.assertFinished();
});

Deno.test("a finding is reported once if something else is thrown in its place", () => {
  const other = new Error("other");
  const { call, found } = validate((_environ, startResponse) => {
    startBadly(startResponse);
    throw other;
  });
  assertStrictEquals(assertThrows(() => call()), other);
  assertEquals(idsOf(found), ["status/string"]);
});

Deno.test("validator() looks at any error without throwing", () => {
  const fail = (): never => {
    throw new Error("trap");
  };
  const errors = [
    undefined,
    null,
    0,
    Object.create(null),
    new Proxy({}, { getPrototypeOf: fail, get: fail }),
    Object.defineProperty(new Error("x"), "cause", { get: fail }),
    Object.assign(new Error("x"), { errors: 5 }),
  ];
  const endless = new Error("endless");
  endless.cause = endless;
  for (const thrown of [...errors, endless]) {
    const { call } = validate((_environ, startResponse) => {
      startBadly(startResponse);
      throw thrown;
    });
    let caught: unknown = "nothing";
    try {
      call();
    } catch (error) {
      caught = error;
    }
    assert(Object.is(caught, thrown));
  }
});

Deno.test("of several findings that were swallowed, each is reported once", () => {
  const { call, found } = validate((_environ, startResponse) => {
    startBadly(startResponse);
    swallow(() => startResponse("200 OK", "headers"));
    return [];
  });
  assertThrows(() => call(), ConformanceError);
  assertEquals(idsOf(found), ["status/string", "start-response/called-twice"]);
});

Deno.test("a finding that an error handler has answered fails no response", () => {
  const { call, found, app } = validate((_environ, startResponse) => {
    try {
      startResponse(200, TEXT);
    } catch (error) {
      startResponse("500 Internal Server Error", TEXT, error);
    }
    return [bytes];
  });
  const body = call() as Loose;
  assertEquals([...body], [bytes]);
  body.close();
  assertEquals(idsOf(found), ["status/string"]);
  app.assertFinished();
});

Deno.test("a finding that is thrown into the server is not thrown again", () => {
  const { call, found } = validate(function* (_environ, startResponse) {
    startResponse("200 OK", TEXT);
    yield bytes;
  });
  const body = call() as Loose;
  const iterator = body[Symbol.iterator]();
  while (!iterator.next().done);
  assertThrows(() => iterator.next(), ConformanceError);
  body.close();
  assertEquals(idsOf(found), ["iteration/next-after-end"]);
});

Deno.test("a chunk that is refused is not thrown again", () => {
  const { call, found } = validate(function* (_environ, startResponse) {
    startResponse("200 OK", TEXT);
    yield "text";
  });
  const body = call() as Loose;
  assertThrows(() => body[Symbol.iterator]().next(), ConformanceError);
  body.close();
  assertEquals(idsOf(found), ["body/chunk"]);
});

Deno.test("without throws a finding is reported and nothing is thrown", () => {
  const { call, found } = validate(function* (_environ, startResponse) {
    startResponse("200 OK", [...TEXT, ["Content-Length", "1"]]);
    yield "text";
    yield "text";
    return bytes;
  }, { throws: false });
  const body = call() as Loose;
  for (const _chunk of body);
  body.close();
  body.close();
  assertEquals(idsOf(found), [
    "body/chunk",
    "body/return-value",
    "close/called-twice",
  ]);
});
