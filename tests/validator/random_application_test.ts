// deno-lint-ignore-file explicit-function-return-type -- what may be anything has no type
import { assertEquals } from "@std/assert";
import fc from "npm:fast-check@^4";
import type { Violation } from "../../mod.ts";
import { type Loose, runScenario } from "./scenario.ts";

/** How an application gives its body. */
type Kind =
  | "array"
  | "async array"
  | "generator"
  | "async generator"
  | "generator in a function"
  | "stream"
  | "class"
  | "write"
  | "write, then array";

/** The parts of a sound application. */
interface Parts {
  readonly kind: Kind;
  readonly method: string;
  readonly status: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly chunks: readonly Uint8Array<ArrayBuffer>[];
  readonly saysLength: boolean;
  readonly reads: readonly ["read" | "readline" | "readlines", number][];
  readonly logs: readonly string[];
  readonly startsTwice: boolean;
  readonly hasClose: boolean;
}

const KINDS: readonly Kind[] = [
  "array",
  "async array",
  "generator",
  "async generator",
  "generator in a function",
  "stream",
  "class",
  "write",
  "write, then array",
];

const token = fc.stringMatching(/^[!#$%&'*+.^`|~0-9A-Za-z-]{1,12}$/)
  .map((name) => `X-${name}`);
const value = fc.stringMatching(
  /^[!-~\xa1-\xff](?:[ -~\xa1-\xff]{0,20}[!-~\xa1-\xff])?$/,
);

/** Sound applications and the requests to send them. */
const parts: fc.Arbitrary<Parts> = fc.record({
  kind: fc.constantFrom(...KINDS),
  method: fc.constantFrom("GET", "POST", "PUT", "OPTIONS", "PROPFIND", "x-own"),
  status: fc.constantFrom(
    "200 OK",
    "201 Created",
    "299 Of My Own",
    "302 Found",
    "404 Not Found",
    "418 I'm a teapot",
    "500 Internal Server Error",
    "599 Unknown",
  ),
  headers: fc.array(fc.tuple(token, value), { maxLength: 5 }),
  chunks: fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 5 })
    .map((chunks) => chunks.map((chunk) => new Uint8Array(chunk))),
  saysLength: fc.boolean(),
  reads: fc.array(
    fc.tuple(
      fc.constantFrom("read", "readline", "readlines"),
      fc.integer({ min: 0, max: 20 }),
    ),
    { maxLength: 4 },
  ),
  logs: fc.array(fc.string().map((text) => `${text}\n`), { maxLength: 2 }),
  startsTwice: fc.boolean(),
  hasClose: fc.boolean(),
});

/** Makes the application of some parts. */
function makeApplication(parts: Parts): Loose {
  const { chunks } = parts;

  async function prepare(environ: Loose): Promise<void> {
    for (const [method, size] of parts.reads) {
      await environ["wsgi.input"][method](size);
    }
    for (const text of parts.logs) environ["wsgi.errors"].write(text);
  }

  function begin(startResponse: Loose): Loose {
    const length = parts.chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    const headers = [
      ["Content-Type", "text/plain"],
      ...parts.saysLength ? [["Content-Length", String(length)]] : [],
      ...parts.headers,
    ];
    if (parts.startsTwice) {
      startResponse("503 Service Unavailable", []);
      return startResponse(parts.status, headers, new Error("replaced"));
    }
    return startResponse(parts.status, headers);
  }

  function close(body: Loose): Loose {
    if (parts.hasClose) body.close = () => {};
    return body;
  }

  switch (parts.kind) {
    case "array":
      return (_environ: Loose, startResponse: Loose) => {
        begin(startResponse);
        return close([...chunks]);
      };
    case "async array":
      return async (environ: Loose, startResponse: Loose) => {
        await prepare(environ);
        begin(startResponse);
        return close([...chunks]);
      };
    case "generator":
      return (_environ: Loose, startResponse: Loose) =>
        close((function* () {
          yield new Uint8Array();
          begin(startResponse);
          yield* chunks;
        })());
    case "async generator":
      return (environ: Loose, startResponse: Loose) =>
        close((async function* () {
          await prepare(environ);
          begin(startResponse);
          yield* chunks;
        })());
    case "generator in a function":
      return (_environ: Loose, startResponse: Loose) => {
        begin(startResponse);
        return close((function* () {
          yield* chunks;
        })());
      };
    case "stream":
      return async (environ: Loose, startResponse: Loose) => {
        await prepare(environ);
        begin(startResponse);
        return close(ReadableStream.from(chunks));
      };
    case "class":
      return (_environ: Loose, startResponse: Loose) => {
        begin(startResponse);
        return close(
          new (class Body {
            *[Symbol.iterator](): Loose {
              yield* chunks;
            }
          })(),
        );
      };
    case "write":
      return async (environ: Loose, startResponse: Loose) => {
        await prepare(environ);
        const write = begin(startResponse);
        for (const chunk of chunks) await write(chunk);
        return close([]);
      };
    case "write, then array":
      return async (environ: Loose, startResponse: Loose) => {
        await prepare(environ);
        const write = begin(startResponse);
        for (const chunk of chunks.slice(0, 1)) await write(chunk);
        return close(chunks.slice(1));
      };
  }
}

function send(
  { method }: Parts,
  app: Loose,
): Promise<Violation[]> {
  return runScenario({
    app,
    input: "one\ntwo\nthree",
    environ: (environ: Loose) => {
      environ.REQUEST_METHOD = method;
      return environ;
    },
  });
}

Deno.test("validator() flags no sound application", async () => {
  await fc.assert(
    fc.asyncProperty(parts, async (sound) => {
      const found = await send(sound, makeApplication(sound));
      assertEquals(found.map(({ message }) => message), []);
    }),
    { numRuns: 1000 },
  );
});
