// deno-lint-ignore-file explicit-function-return-type -- applications have no types here
import { assertEquals } from "@std/assert";
import fc from "npm:fast-check@^4";
import { type Loose, runScenario, type Scenario } from "./scenario.ts";

const token = fc.stringMatching(/^[!#$%&'*+.^`|~0-9A-Za-z-]{1,12}$/)
  .map((name) => `X-${name}`);
const value = fc.stringMatching(
  /^[!-~\xa1-\xff](?:[ -~\xa1-\xff]{0,20}[!-~\xa1-\xff])?$/,
);

const STATUSES = ["200 OK", "201 Created", "299 Of My Own", "599 Unknown"]
  .concat(["300 Multiple Choices", "404 Not Found", "418 I'm a teapot"])
  .concat("500 Internal Server Error");

const MIDDLEWARES: Record<string, Scenario["middleware"]> = {
  "a copy of the environ": (app) => (environ, startResponse) =>
    app({ ...environ }, startResponse),
  "an async call": (app) => async (...args) => await app(...args),
  "a generator": (app) =>
    async function* (environ, startResponse) {
      const body = await app(environ, startResponse);
      try {
        yield* body;
      } finally {
        await body.close?.();
      }
    },
};

/** Sound applications and the requests to send them. */
const parts = fc.record({
  kind: fc.constantFrom(
    ...["array", "generator", "late generator", "stream", "class", "write"],
  ),
  isAsync: fc.boolean(),
  method: fc.constantFrom("GET", "POST", "PUT", "OPTIONS", "PROPFIND", "x-own"),
  status: fc.constantFrom(...STATUSES),
  headers: fc.array(fc.tuple(token, value), { maxLength: 5 }),
  chunks: fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 5 })
    .map((chunks) => chunks.map((chunk) => new Uint8Array(chunk))),
  sendsLength: fc.boolean(),
  reads: fc.array(
    fc.tuple(fc.constantFrom("read", "readline", "readlines"), fc.nat(20)),
    { maxLength: 4 },
  ),
  logs: fc.array(fc.string().map((text) => `${text}\n`), { maxLength: 2 }),
  startsTwice: fc.boolean(),
  middleware: fc.constantFrom("none", ...Object.keys(MIDDLEWARES)),
  hasClose: fc.boolean(),
});

type Parts = typeof parts extends fc.Arbitrary<infer T> ? T : never;

function startResponse(parts: Parts, start: Loose): Loose {
  const length = parts.chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const headers = [
    ["Content-Type", "text/plain"],
    ...parts.sendsLength ? [["Content-Length", String(length)]] : [],
    ...parts.headers,
  ];
  if (!parts.startsTwice) return start(parts.status, headers);
  start("503 Service Unavailable", []);
  return start(parts.status, headers, new Error("replaced"));
}

/** Creates a body; all but a late generator start the response first. */
function makeBody(parts: Parts, start: Loose): Loose {
  const { kind, chunks } = parts;
  if (kind === "late generator") {
    return (function* () {
      yield new Uint8Array();
      startResponse(parts, start);
      yield* chunks;
    })();
  }
  startResponse(parts, start);
  if (kind === "generator") return chunks.values();
  if (kind === "stream") return ReadableStream.from(chunks);
  if (kind === "array") return [...chunks];
  return { [Symbol.iterator]: () => chunks.values() };
}

async function prepare(parts: Parts, environ: Loose): Promise<void> {
  for (const [method, size] of parts.reads) {
    await environ["wsgi.input"][method](size);
  }
  for (const text of parts.logs) environ["wsgi.errors"].write(text);
}

function respond(parts: Parts, environ: Loose, start: Loose): Loose {
  const { chunks, kind, isAsync } = parts;
  if (kind !== "write" && !isAsync) return makeBody(parts, start);
  if (kind === "late generator") {
    return (async function* () {
      await prepare(parts, environ);
      startResponse(parts, start);
      yield* chunks;
    })();
  }
  return (async () => {
    await prepare(parts, environ);
    if (kind !== "write") return makeBody(parts, start);
    const write = startResponse(parts, start);
    const count = isAsync ? chunks.length : 1;
    for (const chunk of chunks.slice(0, count)) await write(chunk);
    return chunks.slice(count);
  })();
}

Deno.test("validator() finds nothing in sound applications, behind middleware too", async () => {
  await fc.assert(
    fc.asyncProperty(parts, async (sound) => {
      const close = (body: Loose) =>
        sound.hasClose ? Object.assign(body, { close() {} }) : body;
      // A generator would call write() inside its own body.
      const middleware = sound.kind === "write"
        ? undefined
        : MIDDLEWARES[sound.middleware];
      const found = await runScenario({
        app: (environ, start) => {
          const body = respond(sound, environ, start);
          return body instanceof Promise ? body.then(close) : close(body);
        },
        ...middleware && { middleware },
        input: "one\ntwo\nthree",
        environ: (environ) => void (environ.REQUEST_METHOD = sound.method),
      });
      assertEquals(found.map(({ message }) => message), []);
    }),
    { numRuns: 1000 },
  );
});
