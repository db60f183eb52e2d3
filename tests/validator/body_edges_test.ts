// deno-lint-ignore-file explicit-function-return-type -- the applications in it have no types
import { assertEquals, assertThrows } from "@std/assert";
import { setImmediate } from "node:timers/promises";
import { ConformanceError, validator } from "../../mod.ts";
import {
  answer,
  bytes,
  caught,
  closing,
  giving,
  play,
  plays,
  serve,
  start,
  TEXT,
  withBody,
  withWrite,
  yielding,
} from "./programs.ts";
import {
  assertFinds,
  createEnviron,
  findingsIn,
  type Loose,
  runServer,
  type Scenario,
} from "./scenario.ts";
import { returning, validate } from "./validated.ts";

const text = { done: false, value: "text" };
const [hello, more] = [bytes("Hello"), bytes("more")];

/** A body that gives a result and then ends. */
function once(length: string, ...results: unknown[]): Scenario {
  const headers = [...TEXT, ["Content-Length", length]];
  const calls = results.map(() => "next").join(" ");
  const make = () => giving(...results, { done: true }, { value: more });
  return plays(withBody(make, headers), `${calls} next close`);
}

/** A body of two chunks, with an action after the first. */
function between(act: (chunk: Uint8Array<ArrayBuffer>) => void) {
  const chunk = bytes("Hello");
  const app = withBody(async function* () {
    yield* [chunk, more];
  });
  return serve(app, async (body) => {
    const iterator = body[Symbol.asyncIterator]();
    await iterator.next();
    act(chunk);
    await play(iterator, "end");
    await body.close();
  });
}

const UNTYPED = withBody(
  () => giving({ value: hello }, text, { done: true }),
  [],
);

Deno.test.each<[string, Scenario, string[]]>([
  ["a result that is a chunk, and no length", once("9", more), ["body/result"]],
  ["the bytes of the chunks alone", plays(UNTYPED, "next next next close"), [
    "body/chunk",
    "http/content-type: 5 bytes without it",
  ]],
  ["a chunk that the application has changed", between((it) => it[0] = 0), [
    "chunk/changed: a chunk whose bytes have changed",
  ]],
  [
    "a chunk that was transferred, once",
    between((it) => it.buffer.transfer()),
    [
      "iteration/chunk-detached: a chunk whose buffer is detached",
    ],
  ],
])("validator() reports %s", async (_what, scenario, expected) => {
  await assertFinds(scenario, expected);
});

Deno.test("validator() counts pending calls to next()", async () => {
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

Deno.test("validator() lets a server use an iterator that is a function, if it does not throw", () => {
  const iterator = Object.assign(() => {}, { next: () => ({ done: true }) });
  const make = () => ({ [Symbol.iterator]: () => iterator });
  const body = returning(make, { throws: false }).call();
  assertEquals(body[Symbol.iterator]().next().done, true);
  body.close();
});

/** The findings about written chunks, each caused by a step. */
async function whenWritten(...steps: (() => Uint8Array | string)[]) {
  const lines = await findingsIn(withWrite((write) => {
    for (const step of steps) write(step());
  }));
  return lines.filter((line) => line.startsWith("chunk/"));
}

Deno.test.each([["a"], ["ab"]])(
  "validator() compares the last written chunks: %j",
  async (text) => {
    const chunk = bytes(text);
    const change = () => {
      chunk[0] = 0;
      return more;
    };
    const changed = "chunk/changed: a chunk whose bytes have changed";
    assertEquals(await whenWritten(() => chunk, change), [changed]);
    chunk[0] = 1;
    assertEquals(
      await whenWritten(() => chunk, () => more, change),
      [changed],
    );
  },
);

Deno.test("validator() looks for large buffers even if no other rule about memory is on", async () => {
  const chunk = new Uint8Array(new ArrayBuffer(2 ** 21), 0, 5);
  const rules = { "chunk/large-buffer": "warning" } as const;
  await assertFinds(answer("200 OK", TEXT, {}, [chunk]), [
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

Deno.test("validator() ignores a response that the server refuses", () => {
  const { app, found } = validate((_environ, start) => {
    start("200 OK", [...TEXT, ["Content-Length", "5"]]);
    // The length of the first response counts.
    const longer = [...TEXT, ["Content-Length", "9"]];
    caught(() => start("200 OK", longer, new Error("late")));
    return [hello];
  }, { throws: false });
  let calls = 0;
  const body: Loose = app(createEnviron(), () => {
    if (++calls === 2) throw new Error("refused");
    return () => Promise.resolve();
  });
  body.close();
  assertEquals(found, ["start-response/refusal-caught"]);
});

Deno.test("validator() handles the rejection of a Promise that was passed to write()", async () => {
  const app = withWrite((write) => {
    write(Promise.reject(new Error("x")));
  });
  const options = { profile: "core" } as const;
  await assertFinds({ ...app, server: closing }, ["write/chunk"], options);
  // An unhandled rejection would end the test here.
  await setImmediate();
});

Deno.test.each<[string, (environ: Loose) => unknown]>([
  ["input/arguments", (environ) => environ["wsgi.input"].read("5")],
  ["errors/write", (environ) => environ["wsgi.errors"].write(5)],
])(
  "validator() reports a mistake once in each request, by the inner layer: %s",
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

Deno.test("validator() throws a finding at next() only there", () => {
  const chunk = bytes("Hello");
  const found: string[] = [];
  const app = validator(yielding(chunk, more), {
    rules: { "iteration/chunk-changed": "error" },
    onViolation: ({ rule }) => void found.push(rule),
  });
  const body = app(createEnviron(), start) as Loose;
  const iterator = body[Symbol.iterator]();
  iterator.next();
  chunk[0] = 0;
  assertThrows(() => iterator.next(), ConformanceError);
  body.close();
  assertEquals(found, ["iteration/chunk-changed"]);
});
