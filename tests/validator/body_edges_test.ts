// deno-lint-ignore-file explicit-function-return-type -- the applications in it have no types
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { setImmediate } from "node:timers/promises";
import { ConformanceError, validator } from "../../mod.ts";
import {
  play,
  returning,
  startResponse,
  TEXT,
  validate,
} from "./body_cases.ts";
import { createEnviron, type Loose, runServer } from "./scenario.ts";
import { answering } from "./fixtures/shorthands.ts";
import { serve, withBody, withWrite } from "./fixtures/programs.ts";
import {
  assertFinds,
  bytes,
  closing,
  findingsIn,
  finds,
  giving,
  inBody,
  PLAIN,
  yielding,
} from "./requests.ts";

const text = { done: false, value: "text" };

const LENGTH_9 = [PLAIN, ["Content-Length", "9"]];

finds("no result is not measured", inBody(LENGTH_9, bytes("x")), "body/result");

finds("a text is not measured", inBody(LENGTH_9, text), "body/chunk");

finds(
  "the bytes of chunks alone are counted",
  inBody([], { done: false, value: bytes("Hello") }, text),
  "body/chunk",
  "http/content-type: 5 bytes without it",
);

finds(
  "a body may go over its length after its end",
  serve(
    withBody(
      () =>
        giving({ value: bytes("Hello") }, { done: true }, {
          value: bytes("more"),
        }),
      [PLAIN, ["Content-Length", "5"]],
    ),
    (body) => play(body, "next next next close"),
  ),
  "iteration/next-after-end: a call after { done: true }",
  "body/content-length: 9 bytes so far, not 5",
);

Deno.test("validator() counts calls of next() that are pending", async () => {
  const pending: ((result: Loose) => void)[] = [];
  const next = () => new Promise((resolve) => pending.push(resolve));
  const { call, found } = returning(() => ({
    [Symbol.asyncIterator]: () => ({ next }),
  }), { throws: false });
  const iterator = call()[Symbol.asyncIterator]();
  const calls = [iterator.next(), iterator.next()];
  pending[0]!({ done: false, value: bytes("1") });
  await calls[0];
  assertEquals(found, ["iteration/overlapping"]);
  calls.push(iterator.next());
  pending[1]!({ done: false, value: bytes("2") });
  pending[2]!({ done: true });
  await Promise.all(calls);
  iterator.next();
  const overlapping = ["iteration/overlapping", "iteration/overlapping"];
  assertEquals(found, [...overlapping, "iteration/next-after-end"]);
});

Deno.test("validator() lets the error of a getter in an array through", () => {
  let reads = 0;
  const get = () => {
    if (reads++ === 0) throw new RangeError("mine");
    return bytes("x");
  };
  const array = Object.defineProperty([], 0, { get, enumerable: true });
  const { call } = returning(() => array);
  assertThrows(() => call(), RangeError, "mine");
});

Deno.test("validator() lets a server use an iterator that is a function, if it does not throw", () => {
  const iterator = Object.assign(() => {}, { next: () => ({ done: true }) });
  const make = () => ({ [Symbol.iterator]: () => iterator });
  const body = returning(make, { throws: false }).call();
  assertEquals(body[Symbol.iterator]().next().done, true);
  body.close();
});

// Chunks ----------------------------------------------------------------------

/** A body of two chunks, after the first of which something happens. */
function between(act: (chunk: Uint8Array<ArrayBuffer>, given: Loose) => void) {
  const chunk = bytes("Hello");
  const app = withBody(async function* () {
    yield chunk;
    yield bytes("more");
  }, TEXT);
  return serve(app, async (body) => {
    const iterator = body[Symbol.asyncIterator]();
    act(chunk, (await iterator.next()).value);
    while (!(await iterator.next()).done);
    await body.close();
  });
}

finds(
  "a chunk was changed by the application that has it",
  between((chunk) => chunk[0] = 0),
  "chunk/changed: a chunk with other bytes than before",
);

finds(
  "the server has taken the buffer of a chunk, which is said once",
  between((chunk) => chunk.buffer.transfer()),
  "iteration/chunk-detached: a chunk whose buffer is detached",
);

/** What is said of chunks that are written, each after something was done. */
async function whenWritten(...steps: (() => Uint8Array | string)[]) {
  const lines = await findingsIn(withWrite((write) => {
    for (const step of steps) write(step());
  }, TEXT));
  return lines.filter((line) => line.startsWith("chunk/"));
}

Deno.test.each([["a"], ["ab"]])(
  "validator() looks at a written chunk until the next one is written: %j",
  async (text) => {
    const chunk = bytes(text);
    const change = () => {
      chunk[0] = 0;
      return bytes("more");
    };
    const changed = "chunk/changed: a chunk with other bytes than before";
    assertEquals(await whenWritten(() => chunk, change), [changed]);
    chunk[0] = 1;
    const next = () => bytes("more");
    assertEquals(await whenWritten(() => chunk, next, change), []);
  },
);

Deno.test("validator() looks for large buffers where that rule is the only one about memory", async () => {
  const chunk = new Uint8Array(new ArrayBuffer(2 ** 21), 0, 5);
  const rules = { "chunk/large-buffer": "warning" } as const;
  await assertFinds(answering("200 OK", [PLAIN], [chunk]), [
    "chunk/large-buffer: 5 bytes in a buffer of 2097152 bytes",
  ], { profile: "core", rules });
});

Deno.test("validator() throws an error about written chunks each time, and reports a warning once", () => {
  const gone = bytes("gone");
  gone.buffer.transfer();
  const { call, found } = validate((_environ, startResponse) => {
    const write = startResponse("200 OK", TEXT);
    for (let i = 0; i < 2; i++) {
      assertThrows(() => write(gone), Error, "chunk/detached");
      write(new Uint8Array(new ArrayBuffer(8, { maxByteLength: 16 })));
    }
    throw new RangeError("the end");
  });
  assertThrows(() => call(), RangeError);
  const [detached, resizable] = ["chunk/detached", "chunk/resizable"];
  assertEquals(found, [detached, resizable, detached]);
});

// Calls -----------------------------------------------------------------------

Deno.test("validator() takes what a server refuses for no response", () => {
  const { app, found } = validate((_environ, start) => {
    start("200 OK", [...TEXT, ["Content-Length", "5"]]);
    try {
      start("200 OK", [...TEXT, ["Content-Length", "9"]], new Error("late"));
    } catch {
      // What follows is measured by the length of the first.
    }
    return [bytes("Hello")];
  }, { throws: false });
  let calls = 0;
  const body: Loose = app(createEnviron(), () => {
    if (++calls === 2) throw new Error("refused");
    return () => Promise.resolve();
  });
  body.close();
  assertEquals(found, ["start-response/refusal-caught"]);
});

Deno.test("validator() lets no rejection of a Promise that was given to write() escape", async () => {
  const escaped: unknown[] = [];
  const note = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    escaped.push(event.reason);
  };
  addEventListener("unhandledrejection", note);
  try {
    await assertFinds(
      {
        ...withWrite(
          (write) => void write(Promise.reject(new Error("x"))),
          TEXT,
        ),
        server: closing,
      },
      ["write/chunk"],
      { profile: "core" },
    );
    await setImmediate();
  } finally {
    removeEventListener("unhandledrejection", note);
  }
  assertEquals(escaped, []);
});

Deno.test.each<[string, (environ: Loose) => unknown]>([
  ["input/arguments", (environ) => environ["wsgi.input"].read("5")],
  ["errors/write", (environ) => environ["wsgi.errors"].write(5)],
])(
  "validator() finds a mistake once in each request, next to it: %s",
  async (rule, wrong) => {
    const { app, found } = validate((environ, start) => {
      start("200 OK", TEXT);
      Promise.resolve(wrong(environ)).catch(() => {});
      return [];
    }, { throws: false });
    const outer = validate(app, { throws: false });
    const environ = createEnviron("Hello");
    await runServer(outer.app, environ);
    assertEquals([outer.found, found], [[], [rule]]);
    await runServer(app, environ);
    assertEquals(found.filter((id) => id !== "environ/reused"), [rule, rule]);
  },
);

Deno.test("validator() throws what the server sees at next() only there", () => {
  const chunk = bytes("Hello");
  const found: string[] = [];
  const app = validator(yielding(chunk, bytes("more")), {
    rules: { "iteration/chunk-changed": "error" },
    onViolation: ({ rule }) => void found.push(rule),
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
  const { promise, resolve } = Promise.withResolvers<void>();
  const { call, found } = validate(async function* (_environ, start) {
    await promise;
    start("200 OK", TEXT);
    yield bytes("Hello");
  });
  const body = call();
  const iterator = body[Symbol.asyncIterator]();
  const first = iterator.next();
  await assertRejects(() => iterator.next(), ConformanceError);
  resolve();
  assertEquals((await first).value, bytes("Hello"));
  await body.close();
  assertEquals(found, ["iteration/overlapping"]);
});
