// deno-lint-ignore-file explicit-function-return-type -- the applications in it have no types
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { FileWrapper, validator } from "../../mod.ts";
import {
  idsOf,
  returning,
  startResponse,
  TEXT,
  validate,
  wrapping,
} from "./body_cases.ts";
import { createEnviron, type Loose, type Scenario } from "./scenario.ts";
import { answering } from "./fixtures/shorthands.ts";
import { bytes, findingsIn, PLAIN, start } from "./requests.ts";

/** A server that takes the iterator, asks for nothing, and closes. */
async function unread(app: Loose, environ: Loose): Promise<void> {
  const body = await app(environ, start);
  body[Symbol.iterator]().return?.();
  body.close();
}

Deno.test.each<[string, () => Loose, string[]]>([
  ["a generator", function* () {}, [
    "close/never-begun: a generator without close() that was closed before it began",
  ]],
  [
    "a generator with a close()",
    () => Object.assign((function* () {})(), { close: () => {} }),
    [],
  ],
  [
    "what is no generator",
    () => ({ [Symbol.iterator]: () => ({ next: () => ({ done: true }) }) }),
    [],
  ],
])(
  "validator() wants a close() of what is never begun only for a generator: %s",
  async (_what, make, expected) => {
    const scenario: Scenario = {
      ...answering("200 OK", [PLAIN]),
      app: (_environ, startResponse) => {
        startResponse("200 OK", [PLAIN]);
        return make();
      },
      server: unread,
    };
    assertEquals(await findingsIn(scenario), expected);
  },
);

Deno.test("validator() tells of a close() of the iterator only that it is none", () => {
  const { call, found } = returning(function* () {
    yield bytes("x");
  }, { throws: false });
  const body = call() as Loose;
  const iterator = body[Symbol.iterator]();
  iterator.next();
  iterator.close();
  iterator.return();
  body.close();
  iterator.close();
  assertEquals(idsOf(found), ["close/not-on-body", "close/not-on-body"]);
});

Deno.test("validator() tells of a changed array at its first close() alone", () => {
  const array = [bytes("x")];
  const { call, found } = returning(() => array, { throws: false });
  const body = call() as Loose;
  body.close();
  array.push(bytes("y"));
  body.close();
  assertEquals(idsOf(found), ["close/called-twice"]);
});

Deno.test("validator() does not measure an array that wsgi.file_wrapper has made", () => {
  const { body, found } = wrapping(
    () => [bytes("1"), bytes("2")],
    undefined,
    { throws: false },
  );
  const iterator = body[Symbol.iterator]();
  iterator.next();
  body.close();
  assertEquals(idsOf(found), []);
});

/** A server's file wrapper that is sync, with these chunks. */
function syncWrapper(...chunks: unknown[]) {
  return () => ({
    *[Symbol.iterator]() {
      yield* chunks;
    },
  });
}

Deno.test("validator() checks the chunks of a sync file wrapper", () => {
  const { app, body, found } = wrapping(syncWrapper("text"), undefined, {
    throws: false,
  });
  assertEquals(Symbol.asyncIterator in body, false);
  assertEquals([...body], ["text"]);
  body.close();
  assertEquals(idsOf(found), ["body/chunk"]);
  app.assertFinished();
});

Deno.test("validator() lets a file wrapper be watched by each layer of a stack", () => {
  const found: string[] = [];
  const layer = (app: Loose, name: string, rules = {}): Loose =>
    validator(app, {
      name,
      throws: false,
      rules,
      onViolation: ({ rule }) => void found.push(`${name}: ${rule}`),
    });
  const inner = layer(
    (environ: Loose, start: Loose) => {
      start("200 OK", TEXT);
      return environ["wsgi.file_wrapper"]({ read: () => null });
    },
    "inner",
    { "body/chunk": "off" },
  );
  const outer = layer(inner, "outer");
  const environ = createEnviron();
  environ["wsgi.file_wrapper"] = syncWrapper("text") as Loose;
  const body = outer(environ, startResponse);
  assertEquals([...body], ["text"]);
  body.close();
  outer.assertFinished();
  inner.assertFinished();
  assertEquals(found, ["outer: body/chunk"]);
});

Deno.test("validator() leaves a file wrapper as open to changes as it was", async () => {
  const { body } = wrapping((file) => new FileWrapper(file));
  // A middleware may do its own work at the end.
  const { close } = body;
  const calls: string[] = [];
  body.close = () => {
    calls.push("close");
    return close.call(body);
  };
  for await (const _chunk of body);
  await body.close();
  assertEquals(calls, ["close"]);
});

Deno.test("validator() throws at close() what an async body has thrown at return()", async () => {
  const { call } = returning(() => ({
    [Symbol.asyncIterator]: () => ({
      next: () => Promise.resolve("no result"),
      return: () => Promise.reject(new RangeError("mine")),
    }),
  }));
  const body = await call() as Loose;
  const iterator = body[Symbol.asyncIterator]();
  await assertRejects(() => iterator.next(), Error, "body/result");
  await assertRejects(async () => await body.close(), RangeError, "mine");
});

Deno.test("validator() throws no finding at close() that another error has hidden", () => {
  const { call, found } = validate((_environ, startResponse) => {
    startResponse("200 OK", TEXT);
    return {
      *[Symbol.iterator]() {
        yield bytes("x");
        try {
          startResponse("200 OK", TEXT);
        } catch {
          throw new RangeError("mine");
        }
      },
    };
  });
  const body = call() as Loose;
  const iterator = body[Symbol.iterator]();
  iterator.next();
  assertThrows(() => iterator.next(), RangeError, "mine");
  body.close();
  assertEquals(idsOf(found), ["start-response/called-twice"]);
});
