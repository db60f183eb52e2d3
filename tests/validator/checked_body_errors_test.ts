// deno-lint-ignore-file explicit-function-return-type -- the applications in it have no types
import {
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { ConformanceError } from "../../mod.ts";
import { returning } from "./body_cases.ts";
import type { Loose } from "./scenario.ts";

const bytes = new TextEncoder().encode("Hello");

Deno.test("validator() lets an error of the body through as it is", async () => {
  const error = { not: "an Error" };
  const sync = returning(function* () {
    yield bytes;
    throw error;
  });
  const body = sync.call() as Loose;
  const iterator = body[Symbol.iterator]();
  iterator.next();
  let thrown: unknown;
  try {
    iterator.next();
  } catch (caught) {
    thrown = caught;
  }
  assertStrictEquals(thrown, error);
  body.close();
  sync.app.assertFinished();
  assertEquals(sync.found, []);

  const failing = returning(async function* () {
    yield await Promise.reject(error);
  });
  const asyncBody = failing.call() as Loose;
  const rejected = asyncBody[Symbol.asyncIterator]().next();
  assertStrictEquals(await rejected.catch((error: unknown) => error), error);
  await asyncBody.close();
  assertEquals(failing.found, []);
});

Deno.test("validator() lets an error of the application through as it is", async () => {
  const error = new Error("gone");
  const sync = returning(() => {
    throw error;
  });
  assertStrictEquals(assertThrows(() => sync.call()), error);
  const rejecting = returning(() => Promise.reject(error));
  const promise = rejecting.call() as Promise<unknown>;
  assertStrictEquals(await assertRejects(() => promise), error);
  sync.app.assertFinished();
  rejecting.app.assertFinished();
});

Deno.test("validator() lets an error of a getter of the body through", () => {
  const error = new Error("getter");
  const fail = (): never => {
    throw error;
  };
  const cases = [
    () => Object.defineProperty([], "close", { get: fail }),
    () => Object.defineProperty({}, Symbol.iterator, { get: fail }),
    () => new Proxy({}, { get: fail }),
  ];
  for (const make of cases) {
    const { call, app, found } = returning(make);
    assertStrictEquals(assertThrows(() => call()), error);
    app.assertFinished();
    assertEquals(found, []);
  }
});

Deno.test("validator() lets an error of close() through as it is", async () => {
  const error = new Error("close");
  const sync = returning(() =>
    Object.assign([bytes], {
      close() {
        throw error;
      },
    })
  );
  const body = sync.call() as Loose;
  assertStrictEquals(assertThrows(() => body.close()), error);
  sync.app.assertFinished();

  const rejecting = returning(() =>
    Object.assign([bytes], { close: () => Promise.reject(error) })
  );
  const other = rejecting.call() as Loose;
  assertStrictEquals(await assertRejects(() => other.close()), error);
  rejecting.app.assertFinished();
});

Deno.test("validator() refuses a rejected promise as a chunk, and nothing else happens", async () => {
  const make = [
    () => [Promise.reject(new Error("lost"))],
    () => ["text", Promise.reject(new Error("lost"))],
    function* () {
      yield Promise.reject(new Error("lost"));
    },
    () => ({
      [Symbol.iterator]: () => ({
        next: () => Promise.reject(new Error("lost")),
      }),
    }),
  ];
  for (const body of make) {
    const { call } = returning(body);
    assertThrows(() => {
      for (const _chunk of call() as Loose);
    }, ConformanceError);
  }
  // An unhandled rejection would end the process about now.
  await new Promise((resolve) => setTimeout(resolve, 5));
});

Deno.test("validator() passes a promise that nobody awaits on as handled", async () => {
  const { call } = returning(() => Promise.reject(new Error("lost")));
  call();
  await new Promise((resolve) => setTimeout(resolve, 5));
});
