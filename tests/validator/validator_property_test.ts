// deno-lint-ignore-file explicit-function-return-type -- what is wrong on purpose has no type
import { assertEquals } from "@std/assert";
import fc from "npm:fast-check@^4";
import { validator } from "../../mod.ts";
import { createEnviron, type Loose } from "./scenario.ts";

/** Things that no program should give, and that none should stumble over. */
const WEIRD: readonly unknown[] = [
  ...[undefined, null, true, 0, -1, NaN, 200, 5n, Symbol("symbol")],
  ...["", "text", "200 OK", "\0\r\n\ud800€", () => "function", class {}],
  ...[{}, Object.create(null), Object.freeze([]), [], [[]], [undefined]],
  ...[["Content-Type", "text/plain"], [["Content-Length", "5"]]],
  [["Content-Type", "text/plain"], ["Set-Cookie", "a=1"]],
  ...[[["Content-Length", 5]], new Array(3), new Map([["a", "b"]])],
  ...[new Set(["a"]), new Headers({ a: "b" }), new Date(NaN), /a/g],
  ...[new Error("error"), new String("text"), new Number(5), globalThis],
  ...[new Uint8Array(0), new Uint8Array(5), new Uint16Array(5)],
  new Uint8Array(new SharedArrayBuffer(5)),
  new Uint8Array(new ArrayBuffer(5, { maxByteLength: 10 })),
  ...[new DataView(new ArrayBuffer(5)), new ArrayBuffer(5)],
  structuredClone(new Uint8Array(0)),
  ...[new Proxy({}, {}), new Proxy([], {}), new Proxy(() => {}, {})],
  Object.create(Uint8Array.prototype),
  Object.defineProperty({}, "a", { get: () => "a" }),
];

const weird = fc.constantFrom(...WEIRD);
const args = fc.array(weird, { maxLength: 4 });
/** Often what is right, so that it goes further. */
const status = fc.oneof(fc.constant("200 OK"), weird);
const headers = fc.oneof(
  fc.constant([["Content-Type", "text/plain"]]),
  fc.array(fc.array(weird, { maxLength: 3 }), { maxLength: 3 }),
  fc.array(fc.tuple(fc.string(), fc.string({ unit: "binary" }))),
  weird,
);

const step = fc.oneof(
  fc.record({
    kind: fc.constant("start"),
    name: fc.constant(""),
    args: fc.oneof(
      args,
      fc.tuple(status, headers),
      fc.tuple(status, headers, weird),
    ),
  }),
  fc.record({ kind: fc.constant("write"), name: fc.constant(""), args }),
  fc.record({
    kind: fc.constant("input"),
    name: fc.constantFrom("read", "readline", "readlines", "close", "text"),
    args,
  }),
  fc.record({
    kind: fc.constant("errors"),
    name: fc.constantFrom("write", "writelines", "flush", "close", "log"),
    args,
  }),
);

const program = fc.record({
  steps: fc.array(step, { maxLength: 5 }),
  isAsync: fc.boolean(),
  body: fc.constantFrom("value", "array", "generator", "async generator"),
  chunks: fc.array(fc.oneof(fc.constant(new Uint8Array(5)), weird), {
    maxLength: 4,
  }),
  value: weird,
  input: weird,
  thrown: fc.option(weird, { freq: 10 }),
});

type Program = typeof program extends fc.Arbitrary<infer T> ? T : never;

function toApp({ steps, isAsync, body, chunks, value, thrown }: Program) {
  const run = (environ: Loose, startResponse: Loose) => {
    let write: Loose = () => {};
    for (const { kind, name, args } of steps) {
      if (kind === "start") write = startResponse(...args);
      else if (kind === "write") write(...args);
      else environ[`wsgi.${kind}`][name](...args);
    }
    if (thrown !== null) throw thrown;
    if (body === "array") return chunks;
    if (body === "value") return value;
    if (body === "generator") return chunks.values();
    return (async function* () {
      for (const chunk of chunks) yield await { chunk };
    })();
  };
  return isAsync
    ? async (environ: Loose, startResponse: Loose) =>
      await run(environ, startResponse)
    : run;
}

/** What an indifferent server sees of an application. */
async function observe(app: Loose, { input }: Program): Promise<unknown[]> {
  const seen: unknown[] = [];
  const note = (name: string, result: unknown) => (...args: unknown[]) => {
    seen.push(name, args.map(toComparable));
    return result;
  };
  const environ = createEnviron();
  Reflect.set(environ, "wsgi.input", {
    read: note("read", input),
    readline: note("readline", input),
    readlines: note("readlines", input),
    close: note("close", undefined),
    text: note("text", input),
    [Symbol.asyncIterator]: note("iterator", undefined),
  });
  Reflect.set(environ, "wsgi.errors", {
    write: note("write", undefined),
    // What can be iterated arrives as an array.
    writelines: (...args: unknown[]) => {
      seen.push("writelines", args.map((arg) => toComparable(toArray(arg))));
    },
    flush: note("flush", undefined),
    close: note("close", undefined),
    log: note("log", undefined),
  });
  try {
    const body = await app(
      environ,
      (...args: unknown[]) => {
        seen.push("start", args.map(toComparable));
        return note("write", Promise.resolve());
      },
    );
    seen.push("returned");
    if (typeof body === "object" && body !== null && isBody(body)) {
      for await (const chunk of body) seen.push("chunk", toComparable(chunk));
      await body.close?.();
    } else {
      seen.push(toComparable(body));
    }
  } catch (error) {
    seen.push("thrown", toComparable(error));
  }
  return seen;
}

function toArray(value: Loose): unknown {
  const isObject = typeof value === "object" && value !== null;
  return isObject && Symbol.iterator in value ? Array.from(value) : value;
}

function isBody(body: Loose): boolean {
  return !ArrayBuffer.isView(body) && body !== globalThis &&
    (Symbol.iterator in body || Symbol.asyncIterator in body);
}

/** Arrays and generators are copied; all else has to be the very same. */
function toComparable(value: unknown): unknown {
  if (Array.isArray(value)) return Array.from(value, toComparable);
  if (value instanceof TypeError) return "a TypeError";
  const index = WEIRD.indexOf(value);
  if (index !== -1) return `${typeof value} ${index}`;
  return typeof value === "object" && value !== null ? "an object" : value;
}

Deno.test("validator() changes nothing of what programs do, however wrong, where it does not throw", async () => {
  await fc.assert(
    fc.asyncProperty(program, async (program) => {
      const plain = await observe(toApp(program), program);
      const validated = validator(toApp(program) as Loose, {
        throws: false,
        profile: "paranoid",
        onViolation: () => {},
      });
      assertEquals(await observe(validated, program), plain);
      validated.assertFinished();
    }),
    { numRuns: 2000 },
  );
});

Deno.test("validator() gives every message a bounded text without control characters", async () => {
  await fc.assert(
    fc.asyncProperty(program, async (program) => {
      const messages: string[] = [];
      const validated = validator(toApp(program) as Loose, {
        throws: false,
        profile: "paranoid",
        onViolation: ({ message, hint = "" }) =>
          void messages.push(message, hint),
      });
      await observe(validated, program);
      for (const message of messages) {
        // deno-lint-ignore no-control-regex -- they are what must not be there
        assertEquals(/[\x00-\x1f\x7f]/.exec(message), null);
        assertEquals(message.length < 1000, true);
      }
    }),
    { numRuns: 500 },
  );
});
