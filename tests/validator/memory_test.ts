// deno-lint-ignore-file explicit-function-return-type -- the applications in it have no types
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type Application, validator, type Violation } from "../../mod.ts";
import type { Profile } from "../../validator.ts";
import { bytes, start, TEXT } from "./programs.ts";
import {
  createEnviron,
  helloApp,
  type Loose,
  runServer,
  stderrOf,
} from "./scenario.ts";

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

/** The objects that a validator has watched, and those that it has released. */
function watchedBy(
  use: (app: Loose) => void,
  app: (environ: Loose, startResponse: Loose) => Loose,
  profile: Profile = "paranoid",
): { requests: string[]; forgotten: number } {
  const { prototype } = FinalizationRegistry;
  const { register, unregister } = prototype;
  const tokens = new Set<unknown>();
  const requests: string[] = [];
  let forgotten = 0;
  prototype.register = function (_target, held: Loose, token): void {
    tokens.add(token);
    requests.push(held.request);
  };
  prototype.unregister = function (token): boolean {
    if (tokens.delete(token)) forgotten++;
    return true;
  };
  try {
    use(validator(app, { profile, throws: false, onViolation: () => {} }));
  } finally {
    Object.assign(prototype, { register, unregister });
  }
  return { requests, forgotten };
}

Deno.test.each<[unknown, boolean, Profile, string[]]>([
  ["/leak", true, "paranoid", ["GET /leak"]],
  ["/leak", true, "http", []],
  [5, false, "paranoid", ["GET "]],
])(
  "validator() watches bodies until they are closed: of %j, closed: %s, in %s",
  (PATH_INFO, closes, profile, requests) => {
    const use = (app: Loose) => {
      const body = app({ ...createEnviron(), PATH_INFO }, start);
      if (closes) body.close();
    };
    const forgotten = closes ? requests.length : 0;
    const watched = watchedBy(use, helloApp, profile);
    assertEquals(watched, { requests, forgotten });
  },
);

Deno.test("validator() does not watch a body whose close() it cannot see", () => {
  const environ: Loose = createEnviron();
  environ["wsgi.file_wrapper"] = () => Object.freeze([bytes("x")]);
  const use = (app: Loose) => void app(environ, start);
  const app = (environ: Loose, startResponse: Loose) => {
    startResponse("200 OK", TEXT);
    return environ["wsgi.file_wrapper"]({ read: () => null });
  };
  assertEquals(watchedBy(use, app), { requests: [], forgotten: 0 });
});

Deno.test.each<[string, () => Loose]>([
  ["array", () => [bytes("x")]],
  ["generator", function* () {}],
  ["async generator", async function* () {}],
])(
  "validator() prints that an %s was collected without a close()",
  async (_what, make) => {
    let isCollected = false;
    const registry = new FinalizationRegistry(() => isCollected = true);
    const app = validator((_environ, startResponse) => {
      startResponse("200 OK", TEXT);
      return make();
    }, { profile: "paranoid" });
    const use = () => {
      const environ: Loose = { ...createEnviron(), PATH_INFO: "/leak" };
      // The environ, which the validator keeps, may refer to it.
      environ["x.body"] = app(environ, start);
      registry.register(environ["x.body"], undefined);
    };
    const printed = await stderrOf(async () => {
      use();
      // Objects on the stack are not collected, so this needs another job.
      for (let i = 0; i < 20 && !isCollected; i++) {
        await setImmediate();
        collect();
      }
      // Each registry has its own job.
      await setImmediate();
    });
    assertEquals(isCollected, true);
    assertStringIncludes(printed, "the body of GET /leak collected as garbage");
  },
);

// Many requests at once ------------------------------------------------------

const REQUESTS = 4_000;
const AT_ONCE = 100;

/** Reads, writes to the log, yields; every hundredth request breaks a rule. */
const application = async function* (environ: Loose, startResponse: Loose) {
  const number = Number(environ.QUERY_STRING);
  await environ["wsgi.input"].read(5);
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  yield new Uint8Array(10);
  await undefined;
  environ["wsgi.errors"].write("fine\n");
  yield new Uint8Array(10);
  if (number % 100 === 7) return "not sent";
} as Application;

/** Passes on each chunk; every hundredth request forgets to close. */
const middleware = (inner: Loose) =>
  async function* (environ: Loose, startResponse: Loose): Loose {
    const body = await inner(environ, startResponse);
    yield* body;
    if (Number(environ.QUERY_STRING) % 100 !== 8) await body.close();
  };

/** Runs many concurrent requests in random order. */
async function run(app: Application): Promise<void> {
  let next = 0;
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (next < REQUESTS) {
      const QUERY_STRING = String(next++);
      await runServer(app, { ...createEnviron("hello"), QUERY_STRING });
    }
  }));
}

function usedHeap(): number {
  collect();
  return Deno.memoryUsage().heapUsed;
}

Deno.test("validator() loses no finding among interleaved requests, and leaks no memory", async () => {
  const counts: Record<string, number> = {};
  const options = {
    throws: false,
    onViolation: ({ rule, blame }: Violation) => {
      const key = `${rule} by ${blame}`;
      counts[key] = (counts[key] ?? 0) + 1;
    },
  };
  const inner = validator(application, { ...options, name: "inner" });
  const outer = validator(middleware(inner), { ...options, name: "outer" });
  await run(outer);
  const before = usedHeap();
  await run(outer);
  const grown = usedHeap() - before;
  const each = REQUESTS / 100 * 2;
  assertEquals(counts, {
    "body/return-value by application": each,
    "middleware/inner-not-closed by middleware": each,
  });
  outer.assertFinished();
  assert(grown < 400_000, `Expected a flat heap, it grew by ${grown} bytes`);
});
