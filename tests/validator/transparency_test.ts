// deno-lint-ignore-file explicit-function-return-type -- deliberate mistakes have no type
/**
 * What a validator changes of random programs, however wrong they are: nothing
 * where it does not throw, and where it throws, every body is closed once.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import fc from "npm:fast-check@^4";
import { type Application, validator, type Violation } from "../../mod.ts";
import { runApplication } from "../../gateway/mod.ts";
import { createEnviron, type Loose } from "./scenario.ts";

/** Values that no program should pass, and that must not break anything. */
const WEIRD: readonly unknown[] = [
  ...[undefined, null, true, 0, -1, NaN, 200, 5n, Symbol("symbol")],
  ...["", "text", "200 OK", "\0\r\n\ud800€", () => "function", class {}],
  ...[{}, Object.create(null), Object.freeze([]), [], [[]], [undefined]],
  ...[["Content-Type", "text/plain"], [["Content-Length", "5"]]],
  [["Content-Type", "text/plain"], ["Set-Cookie", "a=1"]],
  ...[[["Content-Length", 5]], new Array(3), new Map([["a", "b"]])],
  ...[new Set(["a"]), new Headers({ a: "b" }), new Date(NaN), /a/g],
  ...[new Error("error"), new String("text"), new Number(5)],
  ...[new Uint8Array(0), new Uint8Array(5), new Uint16Array(5)],
  ...[[new Uint8Array(1)], Promise.resolve(new Uint8Array(1))],
  new Uint8Array(new SharedArrayBuffer(5)),
  new Uint8Array(new ArrayBuffer(5, { maxByteLength: 10 })),
  ...[new DataView(new ArrayBuffer(5)), new ArrayBuffer(5)],
  structuredClone(new Uint8Array(0)),
  ...[new Proxy({}, {}), new Proxy([], {}), new Proxy(() => {}, {})],
  new Proxy(new Uint8Array(1), {}),
  Object.create(Uint8Array.prototype),
  Object.defineProperty({}, "a", { get: () => "a" }),
];

const weird = fc.constantFrom(...WEIRD);
const args = fc.array(weird, { maxLength: 4 });

/** An arbitrary that is correct most of the time, so that programs continue. */
function mostly<T>(right: fc.Arbitrary<T>, other: fc.Arbitrary<unknown>) {
  return fc.oneof({ weight: 6, arbitrary: right }, other);
}

const status = fc.oneof(fc.constant("200 OK"), weird);
const headers = fc.oneof(
  fc.constant([["Content-Type", "text/plain"]]),
  fc.array(fc.array(weird, { maxLength: 3 }), { maxLength: 3 }),
  fc.array(fc.tuple(fc.string(), fc.string({ unit: "binary" }))),
  weird,
);

const CALLS = [
  ...new Array<string>(5).fill("write"),
  ..."input.read input.readline input.readlines input.close input.text"
    .split(" "),
  ..."errors.write errors.writelines errors.flush errors.close errors.log"
    .split(" "),
];

/** A call by the application on a value that the server has passed to it. */
const step = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom(...CALLS), args) },
  fc.tuple(
    fc.constant("start"),
    fc.oneof(args, fc.tuple(status, headers), fc.tuple(status, headers, weird)),
  ),
);

/** A body that `runApplication()` sends, with a response that starts correctly. */
const bodies = fc.record({
  kind: fc.constantFrom("array", "sync", "async", "generator", "value"),
  isAsync: fc.boolean(),
  chunks: fc.array(mostly(fc.nat(3).map((n) => new Uint8Array(n)), weird), {
    maxLength: 5,
  }),
  value: weird,
  failsAt: fc.option(fc.nat(5), { nil: undefined }),
  last: mostly(fc.constant(undefined), weird),
  done: fc.constantFrom(true, true, true, 1, "yes"),
  stop: fc.constantFrom("none", "done", "yields", "throws", "rejects"),
  close: fc.constantFrom("none", "plain", "async", "throws", "rejects"),
  length: fc.option(fc.nat(8), { nil: undefined }),
  status: fc.constantFrom("200 OK", "200 OK", "204 No Content"),
  method: fc.constantFrom("GET", "GET", "HEAD"),
});

type Body = typeof bodies extends fc.Arbitrary<infer T> ? T : never;

const program = fc.record({
  steps: fc.array(step, { maxLength: 5 }),
  body: bodies,
  input: weird,
  thrown: fc.option(weird, { freq: 10 }),
});

type Program = typeof program extends fc.Arbitrary<infer T> ? T : never;

function outcome(how: string, what: string): unknown {
  if (how === "throws") throw new Error(what);
  if (how === "rejects") return Promise.reject(new Error(what));
  if (how === "async") return Promise.resolve();
  return how === "yields" ? { done: false } : { done: true };
}

function makeIterator(body: Body, events: unknown[]): Loose {
  let index = 0;
  const next = (): unknown => {
    if (index === body.failsAt) throw new Error("next");
    return index < body.chunks.length
      ? { done: false, value: body.chunks[index++] }
      : { done: body.done, value: body.last };
  };
  const iterator: Loose = {
    next: body.kind === "async" ? () => Promise.try(next) : next,
  };
  if (body.stop !== "none") {
    iterator.return = () => {
      events.push("return");
      return outcome(body.stop, "return");
    };
  }
  return iterator;
}

function makeBody(body: Body, events: unknown[]): Loose {
  const { kind, chunks, value, last, close } = body;
  events.push("made");
  if (kind === "value") return value;
  if (kind === "generator") {
    return function* () {
      try {
        yield* chunks;
        return last;
      } finally {
        events.push("finally");
      }
    }();
  }
  const symbol = kind === "sync" ? Symbol.iterator : Symbol.asyncIterator;
  const made: Loose = kind === "array"
    ? [...chunks]
    : { [symbol]: () => makeIterator(body, events) };
  if (close === "none") return made;
  const closeIt = () => {
    events.push("close");
    return outcome(close, "close");
  };
  return Object.assign(made, { close: closeIt });
}

/** An application that performs the steps of a program, however wrong. */
function stepping({ steps, body, thrown }: Program, events: unknown[]): Loose {
  const run = (environ: Loose, startResponse: Loose) => {
    let write: Loose = () => {};
    for (const [name, args] of steps) {
      const [stream, method = ""] = name.split(".");
      if (name === "start") write = startResponse(...args);
      else if (name === "write") write(...args);
      else environ[`wsgi.${stream}`][method](...args);
    }
    if (thrown !== null) throw thrown;
    return makeBody({ ...body, stop: "none", close: "none" }, events);
  };
  if (!body.isAsync) return run;
  return async (environ: Loose, start: Loose) => await run(environ, start);
}

/** An application that starts its response correctly, and has a random body. */
function answering({ body }: Program, events: unknown[]): Application {
  const length = body.length === undefined
    ? []
    : [["Content-Length", String(body.length)] as const];
  return (_environ, start) => {
    start(body.status, [["Content-Type", "text/plain"], ...length]);
    const made = makeBody(body, events);
    return body.isAsync ? Promise.resolve(made) : made;
  };
}

/** A server that records and accepts everything. */
async function takeAll(
  app: Loose,
  { input }: Program,
  events: unknown[],
): Promise<void> {
  const note = (name: string, result?: unknown) => (...args: unknown[]) => {
    events.push(name, args.map(toComparable));
    return result;
  };
  const environ = createEnviron();
  Reflect.set(environ, "wsgi.input", {
    read: note("read", input),
    readline: note("readline", input),
    readlines: note("readlines", input),
    close: note("close"),
    text: note("text", input),
    [Symbol.asyncIterator]: note("iterator"),
  });
  Reflect.set(environ, "wsgi.errors", {
    write: note("write"),
    // Iterables arrive as arrays.
    writelines: (...args: unknown[]) => note("lines")(...args.map(toArray)),
    flush: note("flush"),
    close: note("close"),
    log: note("log"),
  });
  try {
    const body = await app(environ, (...args: unknown[]) => {
      note("start")(...args);
      return note("write", Promise.resolve());
    });
    events.push("returned");
    if (!isBody(body)) return void events.push(toComparable(body));
    try {
      for await (const chunk of body) events.push("chunk", toComparable(chunk));
    } finally {
      await body.close?.();
    }
  } catch (error) {
    events.push("thrown", toComparable(error));
  }
}

/** The server of this package; it records the response and the log. */
async function serve(
  app: Application,
  { body }: Program,
  events: unknown[],
): Promise<void> {
  const environ = createEnviron();
  environ.REQUEST_METHOD = body.method;
  // The first line of the log; the rest is the stack.
  const write = (text: string) => void events.push(text.split("\n")[0]);
  environ["wsgi.errors"] = { write, writelines: () => {}, flush: () => {} };
  await runApplication(app, environ, {
    sendHead: (head) => void events.push(JSON.stringify(head)),
    write: (chunk) => void events.push(chunk.byteLength),
    end: () => void events.push("end"),
    abort: (reason) => void events.push(`abort ${reason}`),
  });
}

function toArray(value: Loose): unknown {
  const isObject = typeof value === "object" && value !== null;
  return isObject && Symbol.iterator in value ? Array.from(value) : value;
}

function isBody(body: Loose): boolean {
  return typeof body === "object" && body !== null &&
    !ArrayBuffer.isView(body) &&
    (Symbol.iterator in body || Symbol.asyncIterator in body);
}

/** Arrays and generators are copied; everything else has to be the same. */
function toComparable(value: unknown): unknown {
  if (Array.isArray(value)) return Array.from(value, toComparable);
  if (value instanceof TypeError) return "a TypeError";
  const index = WEIRD.indexOf(value);
  if (index !== -1) return `${typeof value} ${index}`;
  return typeof value === "object" && value !== null ? "an object" : value;
}

type Run = (app: Loose, program: Program, events: unknown[]) => Promise<void>;

Deno.test.each<[
  string,
  (program: Program, events: unknown[]) => Loose,
  Run,
]>([
  ["programs do", stepping, takeAll],
  ["a server does or sees", answering, serve],
])(
  "validator() without throws changes nothing that %s, and its messages have a limited length",
  async (_what, make, run) => {
    const property = fc.asyncProperty(program, async (program) => {
      const found: Violation[] = [];
      const [plain, checked]: [unknown[], unknown[]] = [[], []];
      await run(make(program, plain), program, plain);
      const validated = validator(make(program, checked), {
        ...{ throws: false, profile: "paranoid" },
        onViolation: (violation) => void found.push(violation),
      });
      await run(validated, program, checked);
      assertEquals(checked, plain);
      validated.assertFinished();
      if (run === serve as Run) {
        assertEquals(found.filter(({ blame }) => blame === "server"), []);
      }
      for (const { message, hint = "" } of found) {
        // deno-lint-ignore no-control-regex -- the test looks for them
        assertEquals(/[\x00-\x1f\x7f]/.exec(message + hint), null);
        assert(message.length < 1000);
      }
    });
    await fc.assert(property, { numRuns: 1000, endOnFailure: true });
  },
);

Deno.test("validator() with throws closes every body once and finishes every request", async () => {
  const onViolation = () => {};
  const property = fc.asyncProperty(program, async (program) => {
    const events: unknown[] = [];
    const wrong = validator(stepping(program, []), { onViolation });
    await takeAll(wrong, program, []);
    wrong.assertFinished();
    const app = validator(answering(program, events), { onViolation });
    await serve(app, program, events);
    app.assertFinished();
    const count = (name: string) => events.filter((it) => it === name).length;
    const { close, kind } = program.body;
    const hasClose = count("made") > 0 && close !== "none" &&
      !["generator", "value"].includes(kind);
    assertEquals(count("close"), hasClose ? 1 : 0);
    assert(count("return") <= 1);
  });
  await fc.assert(property, { numRuns: 300, endOnFailure: true });
});
