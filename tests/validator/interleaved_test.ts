// deno-lint-ignore-file explicit-function-return-type -- what is wrong on purpose has no type
import { assert, assertEquals } from "@std/assert";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type Application, validator, type Violation } from "../../mod.ts";
import { createEnviron, type Loose } from "./scenario.ts";

const REQUESTS = 10_000;
const AT_ONCE = 100;

/** Reads, writes to the log, yields; every hundredth request breaks a rule. */
const app = async function* (environ: Loose, startResponse: Loose) {
  const number = Number(environ.QUERY_STRING);
  await environ["wsgi.input"].read(5);
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  yield new Uint8Array(10);
  await undefined;
  environ["wsgi.errors"].write(number % 100 === 7 ? number : "fine\n");
  yield new Uint8Array(10);
} as Application;

/** Passes chunk for chunk on; every hundredth request forgets to close. */
function middleware(inner: Application): Application {
  return async (environ: Loose, startResponse: Loose) => {
    const body: Loose = await inner(environ, startResponse);
    const forgets = Number(environ.QUERY_STRING) % 100 === 8;
    return {
      async *[Symbol.asyncIterator]() {
        yield* body;
      },
      close: () => forgets ? undefined : body.close?.(),
    };
  };
}

async function request(app: Application, number: number): Promise<void> {
  const environ = createEnviron("hello");
  environ.QUERY_STRING = String(number);
  environ["wsgi.errors"] = {
    write: () => {},
    writelines: () => {},
    flush: () => {},
  };
  const body = await app(environ, () => () => Promise.resolve());
  for await (const _chunk of body);
  await body.close?.();
}

/** Runs requests, many at once, in an order of their own. */
async function run(app: Application): Promise<void> {
  let next = 0;
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (next < REQUESTS) await request(app, next++);
  }));
}

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

function usedHeap(): number {
  collect();
  return Deno.memoryUsage().heapUsed;
}

Deno.test("validator() loses no finding among interleaved requests, and no memory", async () => {
  const counts: Record<string, number> = {};
  const options = {
    throws: false,
    onViolation: ({ rule, blame }: Violation) => {
      const key = `${rule} by ${blame}`;
      counts[key] = (counts[key] ?? 0) + 1;
    },
  };
  const inner = validator(app, { ...options, name: "inner" });
  const outer = validator(middleware(inner), { ...options, name: "outer" });
  await run(outer);
  const before = usedHeap();
  await run(outer);
  const grown = usedHeap() - before;
  const each = REQUESTS / 100 * 2;
  assertEquals(counts, {
    "errors/write by application": each,
    "middleware/inner-not-closed by middleware": each,
  });
  outer.assertFinished();
  assert(grown < 1_000_000, `Expected a flat heap, it grew by ${grown} bytes`);
});
