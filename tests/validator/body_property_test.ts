// deno-lint-ignore-file explicit-function-return-type -- the applications in it have no types
import fc from "npm:fast-check@^4";
import { assertEquals } from "@std/assert";
import { type Application, validator, type Violation } from "../../mod.ts";
import { runApplication, type Transport } from "../../gateway/mod.ts";
import { StderrStream } from "../../wsgi/error_stream.ts";
import { createEnviron, type Loose } from "./scenario.ts";

/** Without a validator a server may refuse it and forget it. */
function reject() {
  const promise = Promise.reject(new Error("rejected"));
  promise.catch(() => {});
  return promise;
}

function trap(): never {
  throw new Error("trap");
}

/** Values that may stand for a chunk, a result or a body; each made anew. */
const MAKE_WEIRD: readonly (() => unknown)[] = [
  ...[undefined, null, "text", 5, 5n, Symbol("x")].map((value) => () => value),
  () => ({}),
  () => Object.create(null),
  () => [],
  () => [new Uint8Array(1)],
  () => () => {},
  () => Promise.resolve(new Uint8Array(1)),
  reject,
  () => new DataView(new ArrayBuffer(1)),
  () => new Uint8Array(new SharedArrayBuffer(1)),
  () => new Uint8Array(new ArrayBuffer(1, { maxByteLength: 2 })),
  () => Object.create(Uint8Array.prototype),
  () => new Proxy(new Uint8Array(1), {}),
  () => new Proxy({}, { getPrototypeOf: trap }),
];

const weird = fc.constantFrom(...MAKE_WEIRD);

const chunk: fc.Arbitrary<() => unknown> = fc.oneof(
  { weight: 6, arbitrary: fc.nat(3).map((n) => () => new Uint8Array(n)) },
  { weight: 1, arbitrary: weird },
);

const script = fc.record({
  kind: fc.constantFrom("array", "sync", "async", "generator", "weird"),
  isAsync: fc.boolean(),
  chunks: fc.array(chunk, { maxLength: 5 }),
  weird,
  failsAt: fc.option(fc.nat(5), { nil: undefined }),
  last: fc.oneof(
    { weight: 4, arbitrary: fc.constant(() => undefined) },
    { weight: 1, arbitrary: weird },
  ),
  done: fc.constantFrom(true, true, true, 1, "yes"),
  stop: fc.constantFrom("none", "done", "yields", "throws", "rejects"),
  close: fc.constantFrom("none", "plain", "async", "throws", "rejects"),
  length: fc.option(fc.nat(8), { nil: undefined }),
  status: fc.constantFrom("200 OK", "200 OK", "204 No Content"),
  method: fc.constantFrom("GET", "GET", "HEAD"),
});

type Script = typeof script extends fc.Arbitrary<infer T> ? T : never;

function fail(how: string, what: string): unknown {
  if (how === "throws") throw new Error(what);
  if (how === "rejects") return Promise.reject(new Error(what));
  if (how === "async") return Promise.resolve();
  return how === "yields" ? { done: false } : { done: true };
}

function makeIterator(script: Script, events: string[]): Loose {
  let index = 0;
  const next = (): unknown => {
    if (index === script.failsAt) throw new Error("next");
    if (index >= script.chunks.length) {
      return { done: script.done, value: script.last() };
    }
    return { done: false, value: script.chunks[index++]!() };
  };
  const iterator: Loose = { next };
  if (script.kind === "async") {
    iterator.next = () => new Promise((resolve) => resolve(next()));
  }
  if (script.stop !== "none") {
    iterator.return = () => {
      events.push("return");
      return fail(script.stop, "return");
    };
  }
  return iterator;
}

function makeBody(script: Script, events: string[]): Loose {
  const { kind } = script;
  events.push("made");
  if (kind === "weird") return script.weird();
  if (kind === "generator") {
    return function* () {
      try {
        for (const make of script.chunks) yield make();
        return script.last();
      } finally {
        events.push("finally");
      }
    }();
  }
  const body: Loose = kind === "array"
    ? script.chunks.map((make) => make())
    : kind === "sync"
    ? { [Symbol.iterator]: () => makeIterator(script, events) }
    : { [Symbol.asyncIterator]: () => makeIterator(script, events) };
  if (script.close !== "none") {
    body.close = () => {
      events.push("close");
      return fail(script.close, "close");
    };
  }
  return body;
}

/** What happens in one request: what is sent, called and logged. */
async function trace(
  script: Script,
  wrap: (app: Application) => Application,
): Promise<string[]> {
  const events: string[] = [];
  const app: Application = (_environ, startResponse) => {
    const headers: [string, string][] = [["Content-Type", "text/plain"]];
    if (script.length !== undefined) {
      headers.push(["Content-Length", String(script.length)]);
    }
    startResponse(script.status, headers);
    const body = makeBody(script, events);
    return script.isAsync ? Promise.resolve(body) : body;
  };
  const transport: Transport = {
    sendHead: (head) => void events.push(`head ${JSON.stringify(head)}`),
    write: (chunk) => void events.push(`write ${chunk.byteLength}`),
    end: () => void events.push("end"),
    abort: (reason) => void events.push(`abort ${reason}`),
  };
  const environ = createEnviron();
  environ.REQUEST_METHOD = script.method;
  // The first line of what is logged; the rest is the stack.
  environ["wsgi.errors"] = new StderrStream((text) =>
    void events.push(`log ${text.split("\n")[0]}`)
  );
  await runApplication(wrap(app), environ, transport);
  return events;
}

Deno.test("validator() without throws changes nothing that a server does or sees", async () => {
  await fc.assert(
    fc.asyncProperty(script, async (script) => {
      const blamed: Violation[] = [];
      const plain = await trace(script, (app) => app);
      const validated = await trace(
        script,
        (app) =>
          validator(app, {
            throws: false,
            profile: "paranoid",
            onViolation: (violation) => {
              if (violation.blame === "server") blamed.push(violation);
            },
          }),
      );
      assertEquals(validated, plain);
      assertEquals(blamed, []);
    }),
    { numRuns: 2000, endOnFailure: true },
  );
});

Deno.test("validator() with throws closes every body once and finishes every request", async () => {
  await fc.assert(
    fc.asyncProperty(script, async (script) => {
      let validated: { assertFinished(): void } | undefined;
      const events = await trace(script, (app) => {
        const made = validator(app, { onViolation: () => {} });
        validated = made;
        return made;
      });
      validated?.assertFinished();
      const closes = events.filter((event) => event === "close").length;
      const hasClose = events.includes("made") && script.close !== "none" &&
        !["generator", "weird"].includes(script.kind);
      assertEquals(closes, hasClose ? 1 : 0);
      assertEquals(
        events.filter((event) => event === "return").length <= 1,
        true,
      );
    }),
    { numRuns: 1000, endOnFailure: true },
  );
});
