import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { setImmediate } from "node:timers/promises";
import { ConformanceError, validator, type Violation } from "../../mod.ts";
import { idsOf, returning, startResponse, TEXT } from "./body_cases.ts";
import { createEnviron, type Loose, runServer } from "./scenario.ts";

const bytes = new TextEncoder().encode("Hello");

/** Validates, and writes down the ids of what is found. */
function validated(
  app: Loose,
  found: string[],
  name?: string,
  throws = false,
): Loose {
  return validator(app, {
    throws,
    name,
    onViolation: ({ rule }: Violation) => void found.push(rule),
  });
}

/** A server that refuses the first call of startResponse, or the second. */
function refusing(turn: number): Loose {
  let calls = 0;
  return () => {
    if (++calls === turn) throw new Error("refused");
    return () => Promise.resolve();
  };
}

Deno.test("validator() takes what a server refuses for no response", () => {
  const found: string[] = [];
  const app = validated((_environ: Loose, start: Loose) => {
    start("200 OK", [...TEXT, ["Content-Length", "5"]]);
    try {
      start("200 OK", [...TEXT, ["Content-Length", "9"]], new Error("late"));
    } catch {
      // What follows is measured by the length of the first.
    }
    return [bytes];
  }, found);
  app(createEnviron(), refusing(2)).close();
  assertEquals(found, ["start-response/refusal-caught"]);
});

Deno.test("validator() forgets a refusal when the next startResponse is taken", () => {
  const found: string[] = [];
  const app = validated((_environ: Loose, start: Loose) => {
    try {
      start("200 OK", TEXT);
    } catch (error) {
      start("500 Internal Server Error", TEXT, error);
    }
    return [bytes];
  }, found);
  app(createEnviron(), refusing(1)).close();
  assertEquals(found, []);
});

Deno.test("validator() lets no rejection of a Promise that was given to write() escape", async () => {
  const escaped: unknown[] = [];
  const note = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    escaped.push(event.reason);
  };
  addEventListener("unhandledrejection", note);
  try {
    const found: string[] = [];
    const app = validated((_environ: Loose, start: Loose) => {
      start("200 OK", TEXT)(Promise.reject(new Error("no bytes")));
      return [];
    }, found);
    app(createEnviron(), startResponse).close();
    await setImmediate();
    assertEquals(found, ["write/chunk"]);
  } finally {
    removeEventListener("unhandledrejection", note);
  }
  assertEquals(escaped, []);
});

/** Reads with a wrong size, in an application that runs twice. */
function wrongRead(environ: Loose, start: Loose): Loose {
  start("200 OK", TEXT);
  environ["wsgi.input"].read("5").catch(() => {});
  return [];
}

function wrongWrite(environ: Loose, start: Loose): Loose {
  start("200 OK", TEXT);
  environ["wsgi.errors"].write(5);
  return [];
}

Deno.test.each([
  ["wsgi.input", wrongRead, "input/arguments"],
  ["wsgi.errors", wrongWrite, "errors/write"],
])(
  "validator() finds a mistake once in each of two requests with the same environ: %s",
  async (_name, wrong, rule) => {
    const found: string[] = [];
    const app = validated(wrong, found);
    const environ = createEnviron("Hello");
    await runServer(app, environ);
    await runServer(app, environ);
    const expected = [rule, "environ/reused", rule];
    assertEquals(found, expected);
  },
);

Deno.test.each([
  ["wsgi.input", wrongRead, "input/arguments"],
  ["wsgi.errors", wrongWrite, "errors/write"],
])(
  "validator() finds a mistake in the innermost layer alone: %s",
  async (_name, wrong, rule) => {
    const outer: string[] = [];
    const inner: string[] = [];
    const app = validated(validated(wrong, inner, "inner"), outer);
    await runServer(app, createEnviron("Hello"));
    assertEquals(outer, []);
    assertEquals(inner, [rule]);
  },
);

Deno.test("validator() calls the return() of a body whose server was wrong at next()", async () => {
  const calls: string[] = [];
  const { call, found } = returning(() => ({
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise(() => {}),
      return: () => {
        calls.push("return");
        return Promise.resolve({ done: true });
      },
    }),
    close: () => void calls.push("close"),
  }));
  const body = call() as Loose;
  const iterator = body[Symbol.asyncIterator]();
  iterator.next();
  await assertRejects(() => iterator.next(), ConformanceError);
  // To the server next() has thrown: a loop only closes then.
  await body.close();
  assertEquals(calls, ["return", "close"]);
  assertEquals(idsOf(found), ["iteration/overlapping"]);
});

Deno.test("validator() leaves return() to a server that only closes", () => {
  const calls: string[] = [];
  const { call, found } = returning(() => ({
    [Symbol.iterator]: () => ({
      next: () => ({ done: false, value: bytes }),
      return: () => {
        calls.push("return");
        return { done: true };
      },
    }),
    close: () => void calls.push("close"),
  }));
  const body = call() as Loose;
  body[Symbol.iterator]().next();
  assertThrows(() => body.close(), ConformanceError);
  assertEquals(calls, ["close"]);
  assertEquals(idsOf(found), ["close/without-return"]);
});

Deno.test("validator() throws what the server sees at next() only there", () => {
  const chunk = new TextEncoder().encode("Hello");
  const found: string[] = [];
  const app = validator((_environ: Loose, start: Loose) => {
    start("200 OK", TEXT);
    return {
      *[Symbol.iterator](): Generator<Uint8Array, void> {
        yield chunk;
        yield bytes;
      },
    };
  }, {
    rules: { "iteration/chunk-changed": "error" },
    onViolation: ({ rule }: Violation) => void found.push(rule),
  });
  const body = app(createEnviron(), startResponse) as Loose;
  const iterator = body[Symbol.iterator]();
  iterator.next();
  chunk[0] = 0;
  assertThrows(() => iterator.next(), ConformanceError);
  body.close();
  assertEquals(found, ["iteration/chunk-changed"]);
});

Deno.test("validator() takes the application for no failure when the server was wrong at next()", async () => {
  let begin: (result: Loose) => void = () => {};
  const found: string[] = [];
  const app = validated(
    (_environ: Loose, start: Loose) => ({
      async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
        await new Promise((resolve) => begin = resolve);
        start("200 OK", TEXT);
        yield bytes;
      },
    }),
    found,
    undefined,
    true,
  );
  const body = await app(createEnviron(), startResponse);
  const iterator = body[Symbol.asyncIterator]();
  const first = iterator.next();
  await assertRejects(() => iterator.next(), ConformanceError);
  begin(undefined);
  assertEquals((await first).value, bytes);
  await body.close();
  assertEquals(found, ["iteration/overlapping"]);
});

Deno.test("validator() calls no return() of a body that has thrown or ended itself", () => {
  for (
    const next of [
      () => {
        throw new Error("next");
      },
      () => ({ done: true }),
    ]
  ) {
    const calls: string[] = [];
    const { call } = returning(() => ({
      [Symbol.iterator]: () => ({
        next,
        return: () => void calls.push("return"),
      }),
      close: () => void calls.push("close"),
    }));
    const body = call() as Loose;
    const iterator = body[Symbol.iterator]();
    try {
      iterator.next();
    } catch {
      // The server goes on, which is wrong, and closes then.
    }
    try {
      iterator.next();
    } catch {
      // Whatever it is told.
    }
    body.close();
    assertEquals(calls, ["close"]);
  }
});

Deno.test("validator() closes a body whose iterator method has thrown", () => {
  const calls: string[] = [];
  const { call, found } = returning(() => ({
    [Symbol.iterator]: () => {
      throw new Error("no iterator");
    },
    close: () => void calls.push("close"),
  }));
  const body = call() as Loose;
  assertThrows(() => body[Symbol.iterator](), Error, "no iterator");
  body.close();
  assertEquals(calls, ["close"]);
  assertEquals(idsOf(found), []);
});
