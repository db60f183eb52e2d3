// deno-lint-ignore-file explicit-function-return-type -- what may be anything has no type
import { assertEquals } from "@std/assert";
import fc from "npm:fast-check@^4";
import { type Loose, runScenario } from "./scenario.ts";

const token = fc.stringMatching(/^[!#$%&'*+.^`|~0-9A-Za-z-]{1,12}$/)
  .map((name) => `X-${name}`);
const value = fc.stringMatching(
  /^[!-~\xa1-\xff](?:[ -~\xa1-\xff]{0,20}[!-~\xa1-\xff])?$/,
);

/** Sound applications and the requests to send them. */
const parts = fc.record({
  kind: fc.constantFrom(
    ...["array", "generator", "late generator", "stream", "class", "write"],
  ),
  isAsync: fc.boolean(),
  method: fc.constantFrom("GET", "POST", "PUT", "OPTIONS", "PROPFIND", "x-own"),
  status: fc.constantFrom(
    ...[
      "200 OK",
      "201 Created",
      "299 Of My Own",
      "300 Multiple Choices",
      "599 Unknown",
    ],
    ...["404 Not Found", "418 I'm a teapot", "500 Internal Server Error"],
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

type Parts = typeof parts extends fc.Arbitrary<infer T> ? T : never;

/** Makes the application of some parts. */
function makeApplication(parts: Parts): Loose {
  const { chunks, kind, isAsync } = parts;

  function begin(startResponse: Loose): Loose {
    const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    const headers = [
      ["Content-Type", "text/plain"],
      ...parts.saysLength ? [["Content-Length", String(length)]] : [],
      ...parts.headers,
    ];
    if (!parts.startsTwice) return startResponse(parts.status, headers);
    startResponse("503 Service Unavailable", []);
    return startResponse(parts.status, headers, new Error("replaced"));
  }

  /** All but a late generator begin before they return, or with write(). */
  function makeBody(start: Loose): Loose {
    if (kind === "late generator") {
      return (function* () {
        yield new Uint8Array();
        begin(start);
        yield* chunks;
      })();
    }
    begin(start);
    if (kind === "generator") return chunks.values();
    if (kind === "stream") return ReadableStream.from(chunks);
    if (kind === "array") return [...chunks];
    return new (class Body {
      *[Symbol.iterator](): Loose {
        yield* chunks;
      }
    })();
  }

  async function prepare(environ: Loose): Promise<void> {
    for (const [method, size] of parts.reads) {
      await environ["wsgi.input"][method](size);
    }
    for (const text of parts.logs) environ["wsgi.errors"].write(text);
  }

  async function writeSome(start: Loose): Promise<Loose> {
    const write = begin(start);
    const count = isAsync ? chunks.length : 1;
    for (const chunk of chunks.slice(0, count)) await write(chunk);
    return chunks.slice(count);
  }

  function close(body: Loose): Loose {
    if (parts.hasClose) body.close = () => {};
    return body;
  }

  if (kind === "write") {
    return async (environ: Loose, start: Loose) => {
      await prepare(environ);
      return close(await writeSome(start));
    };
  }
  if (!isAsync) {
    return (_environ: Loose, start: Loose) => close(makeBody(start));
  }
  if (kind === "late generator") {
    return (environ: Loose, start: Loose) =>
      close((async function* () {
        await prepare(environ);
        begin(start);
        yield* chunks;
      })());
  }
  return async (environ: Loose, start: Loose) => {
    await prepare(environ);
    return close(makeBody(start));
  };
}

Deno.test("validator() flags no sound application", async () => {
  await fc.assert(
    fc.asyncProperty(parts, async (sound) => {
      const found = await runScenario({
        app: makeApplication(sound),
        input: "one\ntwo\nthree",
        environ: (environ) => void (environ.REQUEST_METHOD = sound.method),
      });
      assertEquals(found.map(({ message }) => message), []);
    }),
    { numRuns: 1000 },
  );
});
