// deno-lint-ignore-file explicit-function-return-type -- deliberate mistakes have no type
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { ConformanceError, type Violation } from "../../mod.ts";
import {
  bytes,
  closing,
  PLAIN,
  start,
  statuses,
  withStart,
  yielding,
} from "./programs.ts";
import {
  createEnviron,
  foundIn,
  helloApp,
  type Loose,
  runServer,
} from "./scenario.ts";
import {
  copying,
  draining,
  layer,
  passing,
  run,
  type Stack,
  starting,
  summary,
  type Wrap,
} from "./validated.ts";

const [challenge] = statuses("401 Unauthorized").map(({ app }) => app!);

const CHALLENGE = "http/challenge by application";
const x = bytes("x");

const between = 'the middleware between "outer" and "inner"';
const withoutMethod = ({ REQUEST_METHOD: _, ...environ }: Loose) => environ;

/** Middleware that passes other arguments to the application. */
function calling(change: (...args: Loose[]) => Loose[]): Wrap {
  return (app) => (environ, startResponse) => {
    app(...change(environ, startResponse));
    startResponse("200 OK", []);
    return [];
  };
}

const MISSING = "environ/missing-request-method";

Deno.test.each<[string, string, "outer" | "inner", Stack]>([
  [between, "status/digits", "outer", {
    middleware: starting((_, list) => ["200", list]),
    server: closing,
  }],
  ['the server, seen by "outer"', MISSING, "outer", { environ: withoutMethod }],
  [between, MISSING, "inner", { middleware: copying(withoutMethod) }],
  [between, "application/start-response", "inner", {
    middleware: calling((environ, start) => [start, environ]),
  }],
  [between, "application/arguments", "inner", {
    middleware: calling((environ, start) => [{ environ, start }]),
  }],
])(
  "validator() reports what is broken by %s once, by the validator next to it",
  async (place, rule, name, stack) => {
    const found = await run(stack);
    assertEquals(found.all.map(({ rule }) => rule), [rule]);
    assertEquals(found[name], found.all);
    assertStringIncludes(found.all[0]!.message, `broken by ${place})`);
  },
);

Deno.test.each([
  [undefined, undefined, "broken by the middleware)"],
  ["a", undefined, 'broken by the middleware inside of "a")'],
  [undefined, "b", 'broken by the middleware around "b")'],
])(
  "validator() names the middleware if validators have no names: %s, %s",
  async (outer, inner, expected) => {
    const { all } = await run({
      middleware: starting((status, headers) => [`${status}\t`, headers]),
      outerOptions: { name: outer },
      innerOptions: { name: inner },
    });
    assertStringIncludes(all[0]!.message, expected);
  },
);

Deno.test("validator() knows about a validator behind one that does not check", async () => {
  const found: Violation[] = [];
  const inner = layer(challenge, [found]);
  const blind = layer(inner, [found], { rules: { "http/*": "off" } });
  await runServer(layer(blind, [found]), createEnviron());
  assertEquals(summary(found), [CHALLENGE]);
});

Deno.test("validator() blames middleware for an environ that inherits", async () => {
  const middleware = copying((environ) => Object.create(environ));
  const app = async (...args: Loose) =>
    await Reflect.apply(helloApp, null, args);
  const { all } = await run({ app, middleware });
  assertEquals(summary(all)[0], "environ/plain-object by middleware");
});

Deno.test("validator() reports collected chunks as soon as the second one is read", async () => {
  const events: string[] = [];
  await run({
    app: (_environ, startResponse) => {
      startResponse("200 OK", [PLAIN]);
      return function* () {
        for (const text of ["1", "2", "3"]) {
          events.push(text);
          yield bytes(text);
        }
      }();
    },
    middleware: passing(function* (body) {
      yield* [...body];
    }),
    outerOptions: { onViolation: ({ rule }) => void events.push(rule) },
  });
  assertEquals(events, ["1", "2", "middleware/chunk-for-chunk", "3"]);
});

Deno.test.each<[Uint8Array[], unknown[], string]>([
  [[bytes("")], ["200 OK", []], "the end of the body"],
  [[x, x], ["200 OK", []], "a Uint8Array of 1 byte"],
  [[], ["200 OK"], "the end of the body before a call, after undefined"],
])(
  "validator() reports what preceded a missing startResponse of middleware: %#",
  async (chunks, args, got) => {
    const { outer } = await run({
      app: withStart((startResponse) => startResponse(...args)).app!,
      middleware: (app) => (environ) => {
        app(environ, start).close();
        return chunks;
      },
      server: closing,
    });
    const expected = "middleware/start-response-lost by middleware";
    assertEquals(summary(outer), [expected]);
    assertEquals(foundIn(outer[0]!.message).startsWith(got), true);
  },
);

Deno.test.each<[string, (startResponse: Loose) => void]>([
  ["middleware/inner-not-closed", () => {
    throw new RangeError("mine");
  }],
  ["status/string", (startResponse) => startResponse(200, [PLAIN])],
])(
  "validator() reports one fault of middleware that fails: %s",
  (rule, fail) => {
    const found: Violation[] = [];
    const inner = layer(helloApp, [found]);
    const outer = layer(
      (environ: Loose, startResponse: Loose) => {
        inner(environ, start);
        fail(startResponse);
      },
      [found],
      { throws: true },
    );
    const expected = rule.startsWith("status") ? Error : RangeError;
    assertThrows(() => outer(createEnviron(), start), expected);
    assertEquals(found.map(({ rule }) => rule), [rule]);
  },
);

Deno.test("validator() throws once at close() what middleware left open", () => {
  const found: Violation[] = [];
  const inner = layer(helloApp, [found], { throws: true });
  const middleware: Wrap = (app) => (...args) => [...app(...args)];
  const outer = layer(middleware(inner), [found], { throws: true });
  const body = outer(createEnviron(), start);
  assertThrows(() => body.close(), ConformanceError);
  assertEquals(summary(found), ["middleware/inner-not-closed by middleware"]);
});

Deno.test("validator() reports how many inner bodies were left open", () => {
  const found: Violation[] = [];
  const inner = layer(helloApp, []);
  const outer = layer((environ: Loose, startResponse: Loose) => {
    inner({ ...environ }, start);
    return [...inner({ ...environ }, startResponse)];
  }, [found]);
  outer(createEnviron(), start).close();
  const lines = found.map(({ message }) => foundIn(message));
  assertEquals(lines, ["2 inner bodies left open"]);
});

Deno.test("validator() reports the same fault of two middlewares for each of them", async () => {
  const found: Violation[][] = [[], [], []];
  const inner = layer(yielding(x), [found[0]!]);
  const middle = layer(draining(inner), [found[1]!]);
  await runServer(layer(draining(middle), [found[2]!]), createEnviron());
  const drained = ["middleware/drained by middleware"];
  assertEquals(found.map(summary), [[], drained, drained]);
});

Deno.test("validator() does not link requests that use an environ one after the other", async () => {
  const found: Violation[] = [];
  const environ = createEnviron();
  await runServer(layer(helloApp, [found]), environ);
  Reflect.deleteProperty(environ, "REQUEST_METHOD");
  await runServer(layer(helloApp, [found]), environ);
  const mine = found.filter(({ rule }) => rule !== "environ/reused");
  assertEquals(mine.map(({ blame }) => blame), ["server"]);
});

Deno.test("validator() may be called by its own application", async () => {
  const found: Violation[] = [];
  const app = layer(
    (environ: Loose, startResponse: Loose) =>
      environ.PATH_INFO === "/old"
        ? app({ ...environ, PATH_INFO: "/new" }, startResponse)
        : helloApp(environ, startResponse),
    [found],
  );
  await runServer(app, { ...createEnviron(), PATH_INFO: "/old" });
  assertEquals(found, []);
});

Deno.test("validator() reports wsgi.errors once when two validators get an environ again", async () => {
  let text: unknown = "text\n";
  const found: Violation[] = [];
  const app = (environ: Loose, startResponse: Loose) => {
    environ["wsgi.errors"].write(text);
    return helloApp(environ, startResponse);
  };
  const stacked = layer(layer(app, [found]), [found]);
  const environ = createEnviron();
  await runServer(stacked, environ);
  assertEquals(found, []);
  text = 5;
  await runServer(stacked, environ);
  const rules = found.map(({ rule }) => rule);
  assertEquals(rules.filter((id) => id !== "environ/reused"), ["errors/write"]);
});
