// deno-lint-ignore-file explicit-function-return-type -- the applications in it have no types
import { assertEquals, assertThrows } from "@std/assert";
import { idsOf, returning } from "./body_cases.ts";
import type { Loose, Scenario } from "./scenario.ts";
import { answering } from "./fixtures/shorthands.ts";
import {
  bytes,
  findingsIn,
  findingsInBody,
  giving,
  PLAIN,
  start,
  takeAll,
} from "./requests.ts";

Deno.test("validator() takes an empty chunk for no answer to HEAD", async () => {
  const head = (environ: Loose) => ({ ...environ, REQUEST_METHOD: "HEAD" });
  assertEquals(
    await findingsIn({
      ...answering("200 OK", [PLAIN], [bytes("")]),
      environ: head,
    }),
    [],
  );
  assertEquals(
    await findingsIn({
      ...answering("200 OK", [PLAIN], [bytes("x")]),
      environ: head,
    }),
    ["body/head: a chunk of 1 byte"],
  );
});

Deno.test.each([[null, "null"], [5, "5"], ["text", '"text"'], [
  {},
  "an object without next()",
]])(
  "validator() says what came in place of an iterator: %j",
  async (iterator, got) => {
    const body = { [Symbol.iterator]: () => iterator };
    const [found] = await findingsIn({
      ...answering("200 OK", [PLAIN], body),
      server: (app, environ) => {
        try {
          takeAll(app, environ);
        } catch {
          // It has no next().
        }
      },
    });
    assertEquals(found, `body/iterator: ${got}`);
  },
);

Deno.test("validator() says that a single byte is lost with the end of a body", async () => {
  assertEquals(
    (await findingsInBody([PLAIN], { done: true, value: bytes("x") })).length,
    1,
  );
  assertEquals(
    await findingsInBody([PLAIN], { done: true, value: bytes("") }),
    [],
  );
});

Deno.test("validator() measures no body of which it has not seen every byte", async () => {
  const headers = [PLAIN, ["Content-Length", "9"]];
  for (const odd of [bytes("chunk"), { done: false, value: "text" }]) {
    const found = await findingsInBody(headers, odd);
    assertEquals(found.length, 1);
    assertEquals(/^body\/(?:result|chunk): /.test(found[0] ?? ""), true);
  }
});

Deno.test.each([[1, "1 byte"], [2, "2 bytes"]])(
  "validator() says how many bytes come without a Content-Type: %i",
  async (length, got) => {
    const chunk = new Uint8Array(length);
    const expected = [`http/content-type: ${got} without it`];
    assertEquals(await findingsIn(answering("200 OK", [], [chunk])), expected);
    const writing: Scenario = {
      app: (_environ, startResponse) => {
        startResponse("200 OK", [])(chunk);
        return [];
      },
    };
    const found = await findingsIn(writing);
    assertEquals(
      found.filter((line) => line.startsWith("http/")),
      expected,
    );
  },
);

Deno.test("validator() says where a body goes over its length after its end", async () => {
  const body = giving(
    { done: false, value: bytes("Hello") },
    { done: true },
    { done: false, value: bytes("more") },
  );
  const found = await findingsIn({
    ...answering("200 OK", [PLAIN, ["Content-Length", "5"]], body),
    server: (app, environ) => {
      const body = app(environ, start);
      const iterator = body[Symbol.iterator]();
      for (let i = 0; i < 3; i++) iterator.next();
      body.close();
    },
  });
  assertEquals(found, [
    "iteration/next-after-end: a call after { done: true }",
    "body/content-length: 9 bytes so far, not 5",
  ]);
});

Deno.test("validator() counts calls of next() that are pending", async () => {
  const pending: ((result: Loose) => void)[] = [];
  const { call, found } = returning(() => ({
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise((resolve) => pending.push(resolve)),
    }),
  }), { throws: false });
  const body = await call() as Loose;
  const iterator = body[Symbol.asyncIterator]();
  const first = iterator.next();
  const second = iterator.next();
  pending[0]!({ done: false, value: bytes("1") });
  await first;
  assertEquals(idsOf(found), ["iteration/overlapping"]);
  const third = iterator.next();
  assertEquals(idsOf(found), [
    "iteration/overlapping",
    "iteration/overlapping",
  ]);
  pending[1]!({ done: false, value: bytes("2") });
  pending[2]!({ done: true });
  await Promise.all([second, third]);
  iterator.next();
  assertEquals(idsOf(found).length, 3);
  assertEquals(idsOf(found).at(-1), "iteration/next-after-end");
});

Deno.test("validator() does not judge the return() of a body that has ended", async () => {
  const results = [{ done: true }];
  const scenario = (ends: boolean): Scenario => ({
    ...answering("200 OK", [PLAIN], {
      [Symbol.iterator]: () => ({
        next: () => results[0],
        return: () => ({ done: false, value: undefined }),
      }),
    }),
    server: (app, environ) => {
      const body = app(environ, start);
      const iterator = body[Symbol.iterator]();
      if (ends) iterator.next();
      iterator.return();
      body.close();
    },
  });
  assertEquals(await findingsIn(scenario(true)), []);
  assertEquals((await findingsIn(scenario(false))).length, 1);
});

Deno.test("validator() lets the error of a getter in an array through", () => {
  const array: Uint8Array[] = [];
  let reads = 0;
  Object.defineProperty(array, 0, {
    get: () => {
      if (reads++ === 0) throw new RangeError("mine");
      return bytes("x");
    },
    enumerable: true,
  });
  const { call } = returning(() => array);
  assertThrows(() => call(), RangeError, "mine");
});

Deno.test("validator() tells of a call of next() after close() or return() only that", () => {
  for (const end of ["close", "return"]) {
    const { call, found } = returning(function* () {
      yield bytes("x");
    }, { throws: false });
    const body = call() as Loose;
    const iterator = body[Symbol.iterator]();
    while (!iterator.next().done);
    if (end === "close") body.close();
    else iterator.return();
    iterator.next();
    assertEquals(idsOf(found), ["iteration/next-after-close"]);
  }
});

Deno.test("validator() lets a server use an iterator that is a function, if it does not throw", () => {
  const iterator = Object.assign(() => {}, { next: () => ({ done: true }) });
  const { call } = returning(
    () => ({ [Symbol.iterator]: () => iterator }),
    { throws: false },
  );
  const body = call() as Loose;
  assertEquals(body[Symbol.iterator]().next().done, true);
  body.close();
});

Deno.test("validator() takes an array for a body even if it cannot be iterated over", async () => {
  const body = Object.assign([bytes("x")], { [Symbol.iterator]: undefined });
  const found = await findingsIn({
    ...answering("200 OK", [PLAIN], body),
    server: (app, environ) => app(environ, start).close(),
  });
  assertEquals(found, [
    "body/array-iterator: an array with an iterator of its own",
  ]);
});
