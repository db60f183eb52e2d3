// deno-lint-ignore-file explicit-function-return-type -- what is wrong on purpose has no type
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import type { Violation } from "../../mod.ts";
import {
  bytes,
  closing,
  PLAIN,
  start,
  withStart,
  yielding,
} from "./programs.ts";
import {
  layer,
  run,
  type Stack,
  summary,
  thrown,
  transparent,
  type Wrap,
} from "./validated.ts";
import {
  createEnviron,
  foundIn,
  helloApp,
  type Loose,
  runServer,
} from "./scenario.ts";

const digits = withStart((start) => start("200", [])).app!;
const challenge = withStart((start) => start("401 Unauthorized", [])).app!;

/** Middleware that calls startResponse with other arguments. */
function starting(change: (...args: Loose[]) => Loose[]): Wrap {
  return (app) => (environ, startResponse) =>
    app(environ, (...args: Loose[]) => startResponse(...change(...args)));
}

const between = 'the middleware between "outer" and "inner"';

Deno.test.each<[string, Stack, string, "outer" | "inner"]>([
  [
    'the application, seen by "inner"',
    { app: digits, server: closing },
    "status/digits",
    "inner",
  ],
  [
    between,
    { middleware: starting((_, list) => ["200", list]), server: closing },
    "status/digits",
    "outer",
  ],
  [
    'the server, seen by "outer"',
    { environ: ({ REQUEST_METHOD: _, ...environ }) => environ },
    "environ/missing-request-method",
    "outer",
  ],
  [
    between,
    {
      middleware: (app) => ({ REQUEST_METHOD: _, ...environ }, startResponse) =>
        app(environ, startResponse),
    },
    "environ/missing-request-method",
    "inner",
  ],
])(
  "validator() reports what is broken by %s once, next to it",
  async (place, stack, rule, name) => {
    const found = await run(stack);
    assertEquals(found.all.map(({ rule }) => rule), [rule]);
    assertEquals(found[name], found.all);
    assertStringIncludes(found.all[0]!.message, `broken by ${place})`);
  },
);

Deno.test.each([
  [{ profile: "core" }],
  [{ rules: { "http/*": "off" } }],
  [{ rules: { "http/challenge": "off" } }],
])(
  "validator() blames the application where the inner layer does not look: %j",
  async (innerOptions) => {
    const { all, outer } = await run({ app: challenge, innerOptions } as Stack);
    assertEquals(summary(all), ["http/challenge by application"]);
    assertEquals(outer, all);
  },
);

Deno.test("validator() knows of a layer behind one that does not look", async () => {
  const found: Violation[] = [];
  const inner = layer(challenge, [found]);
  const blind = layer(inner, [found], { rules: { "http/*": "off" } });
  await runServer(layer(blind, [found]), createEnviron());
  assertEquals(summary(found), ["http/challenge by application"]);
});

Deno.test.each([
  [undefined, undefined, "broken by the middleware)"],
  ["a", undefined, 'broken by the middleware inside of "a")'],
  [undefined, "b", 'broken by the middleware around "b")'],
])(
  "validator() says what it can where layers have no names: %s, %s",
  async (outer, inner, expected) => {
    const { all } = await run({
      middleware: starting((status, headers) => [`${status}\t`, headers]),
      outerOptions: { name: outer },
      innerOptions: { name: inner },
    });
    assertStringIncludes(all[0]!.message, expected);
  },
);

/** A server's wsgi.errors that takes everything. */
function silent(environ: Loose) {
  const ignore = () => {};
  environ["wsgi.errors"] = { write: ignore, writelines: ignore, flush: ignore };
}

Deno.test("validator() stacked without middleware finds nothing twice", async () => {
  const { all } = await run({
    middleware: (app) => app,
    app: (environ, startResponse) => {
      environ["wsgi.errors"].write(5);
      startResponse(200, []);
      return "Hello";
    },
    environ: (environ) => {
      delete environ.SERVER_PROTOCOL;
      silent(environ);
    },
    server: (app, environ) => app(environ, start),
  });
  const [first, ...rules] = all.map(({ rule }) => rule);
  assertEquals(first, "environ/missing-server-protocol");
  assertEquals(rules, ["errors/write", "status/string", "body/string"]);
});

const MIDDLEWARES: Wrap[] = [
  transparent,
  (app) => (environ, startResponse) => app({ ...environ }, startResponse),
  (app) => async (environ, startResponse) => await app(environ, startResponse),
  (app) =>
    async function* (environ: Loose, startResponse: Loose) {
      const body = await app(environ, startResponse);
      try {
        yield* body;
      } finally {
        await body.close?.();
      }
    },
];

const APPS: ((environ: Loose, startResponse: Loose) => Loose)[] = [
  helloApp,
  async (environ, startResponse) => await helloApp(environ, startResponse),
  function* (environ, startResponse) {
    yield* helloApp(environ, startResponse);
  },
  async function* (environ, startResponse) {
    yield* helloApp(environ, startResponse);
  },
  (environ, startResponse) =>
    ReadableStream.from(helloApp(environ, startResponse)),
];

Deno.test("validator() finds nothing wrong in a correct stack, whatever the middleware", async () => {
  for (const middleware of MIDDLEWARES) {
    for (const app of APPS) {
      assertEquals((await run({ app, middleware })).all, []);
    }
  }
});

// What is thrown --------------------------------------------------------------

Deno.test.each<[string, Stack]>([
  ["http/challenge by application", { app: challenge }],
  ["middleware/exc-info-lost by middleware", {
    ...withStart((startResponse) => {
      startResponse("200 OK", []);
      startResponse("500 Internal Server Error", [], new Error("no"));
    }),
    middleware: starting((status, headers) => [status, headers]),
  }],
  ["middleware/inner-not-closed by middleware", {
    middleware: (app) => (...args) => [...app(...args)],
  }],
])("validator() throws once through a stack: %s", async (rule, stack) => {
  assertEquals(await thrown(stack), rule);
});

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

Deno.test("validator() lets middleware wait for an inner application that it gave up", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  let waiting: Promise<Loose> | undefined;
  const { all } = await run({
    app: () => promise.then(() => []),
    innerOptions: { rules: { "start-response/never-called": "off" } },
    middleware: (app) => (environ, startResponse) => {
      waiting = app(environ, start);
      startResponse("503 Service Unavailable", [["Retry-After", "60"]]);
      return [];
    },
    server: async (app, environ) => {
      await runServer(app, environ);
      resolve();
      (await waiting).close();
    },
  });
  assertEquals(all, []);
});

// What is left open -----------------------------------------------------------

Deno.test("validator() takes an inner body for closed when its close() is called", async () => {
  let closing: Promise<unknown> | undefined;
  const { all } = await run({
    app: (...args) =>
      Object.assign(helloApp(...args), { close: () => Promise.resolve() }),
    // Begun, and awaited by nobody.
    middleware: (app) => (environ, startResponse) => {
      const body = app(environ, startResponse);
      const close = () => void (closing = body.close());
      return { [Symbol.iterator]: () => body.values(), close };
    },
    server: async (app, environ) => {
      const body = app(environ, start);
      for (const _chunk of body);
      body.close();
      await closing;
    },
  });
  assertEquals(all, []);
});

Deno.test.each([[1, "one inner body"], [2, "2 inner bodies"]])(
  "validator() says how many inner bodies were left open: %i",
  (count, got) => {
    const found: Violation[] = [];
    const inner = layer(helloApp, []);
    const outer = layer((environ: Loose, startResponse: Loose) => {
      const body = inner({ ...environ }, startResponse);
      if (count === 2) inner({ ...environ }, start);
      return [...body];
    }, [found]);
    outer(createEnviron(), start).close();
    const lines = found.map(({ message }) => foundIn(message));
    assertEquals(lines, [`${got} left open`]);
  },
);

Deno.test("validator() reports a fault of two middlewares of each of them", async () => {
  const found: Record<string, Violation[]> = {
    inner: [],
    middle: [],
    outer: [],
  };
  const draining = (app: Loose) => (environ: Loose, startResponse: Loose) => {
    const body = app(environ, startResponse);
    const taken = new Set(body);
    body.close();
    return taken;
  };
  const inner = layer(yielding(bytes("x")), [found.inner!]);
  const middle = layer(draining(inner), [found.middle!]);
  await runServer(layer(draining(middle), [found.outer!]), createEnviron());
  const drained = ["middleware/drained by middleware"];
  assertEquals(Object.values(found).map(summary), [[], drained, drained]);
});

// Links between layers --------------------------------------------------------

Deno.test("validator() links layers through a copy of the environ", async () => {
  const { all } = await run({
    app: challenge,
    middleware: (app) => (environ, startResponse) =>
      app({ ...environ }, startResponse),
  });
  assertEquals(summary(all), ["http/challenge by application"]);
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

Deno.test("validator() allows middleware to call its application again", async () => {
  const { all } = await run({
    middleware: (app) => async (environ, startResponse) => {
      const statuses: string[] = [];
      const body = app(environ, (status: string) => {
        statuses.push(status);
        return start();
      });
      const iterator = body[Symbol.asyncIterator]();
      await iterator.next();
      await iterator.return();
      await body.close();
      assertEquals(statuses, ["200 OK"]);
      return app(environ, startResponse);
    },
    app: async function* (environ, startResponse) {
      startResponse("200 OK", [["Content-Type", "text/plain"]]);
      yield await environ["wsgi.input"].read(5);
      environ["wsgi.errors"].write("Hello\n");
      yield new Uint8Array(1);
    },
  });
  assertEquals(all, []);
});

Deno.test("validator() checks a second try as the first, and still knows its outer layer", async () => {
  const { all, inner } = await run({
    middleware: (app) => (environ, startResponse) => {
      app(environ, start).close();
      delete environ.SERVER_PROTOCOL;
      return app(environ, startResponse);
    },
    app: (environ, startResponse) => {
      environ["wsgi.errors"].write(5);
      startResponse("200 OK", []);
      return [];
    },
    environ: silent,
  });
  assertEquals(inner, all);
  assertEquals(summary(all), [
    "errors/write by application",
    "environ/missing-server-protocol by middleware",
    "errors/write by application",
  ]);
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

Deno.test("validator() sees wsgi.errors in the outer layer where the inner one does not look", async () => {
  const { inner, outer } = await run({
    app: (environ, startResponse) => {
      environ["wsgi.errors"].write(5);
      return helloApp(environ, startResponse);
    },
    innerOptions: { rules: { "errors/write": "off" } },
  });
  assertEquals(inner, []);
  assertEquals(summary(outer), ["errors/write by application"]);
});

Deno.test("validator() reports wsgi.errors once where two layers have the same environ again", async () => {
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

Deno.test.each<[string, (environ: Loose) => Loose]>([
  ["string keys", (environ) => Object.fromEntries(Object.entries(environ))],
  [
    "string keys, with another input",
    (environ) => ({
      ...Object.fromEntries(Object.entries(environ)),
      "wsgi.input": createEnviron()["wsgi.input"],
    }),
  ],
])(
  "validator() finds the layer outside through a copy by %s",
  async (_, copy) => {
    const { all } = await run({
      middleware: (app) => (environ, startResponse) =>
        app({ ...copy(environ), HTTP_X: 5 }, startResponse),
    });
    assertEquals(summary(all), ["environ/string by middleware"]);
  },
);

Deno.test("validator() finds the layer outside behind an environ that inherits", async () => {
  const { all } = await run({
    middleware: (app) => async (environ, startResponse) =>
      await app(Object.create(environ), startResponse),
  });
  assertEquals(summary(all)[0], "environ/plain-object by middleware");
});
