// deno-lint-ignore-file explicit-function-return-type -- what is wrong on purpose has no type
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  type Application,
  ConformanceError,
  type Environ,
  validator,
  type ValidatorOptions,
  type Violation,
} from "../../mod.ts";
import { createEnviron, helloApp, type Loose, runServer } from "./scenario.ts";

/** What one request through two named validators finds. */
interface Findings {
  readonly all: Violation[];
  readonly outer: Violation[];
  readonly inner: Violation[];
}

type Wrap = (app: Loose) => (environ: Loose, startResponse: Loose) => Loose;

interface Stack {
  readonly app?: (environ: Loose, startResponse: Loose) => Loose;
  readonly middleware?: Wrap;
  readonly environ?: (environ: Loose) => Loose;
  readonly server?: (app: Loose, environ: Loose) => Loose;
  readonly outerOptions?: ValidatorOptions;
  readonly innerOptions?: ValidatorOptions;
}

const transparent = (app: Loose) => (environ: Loose, startResponse: Loose) =>
  app(environ, startResponse);

async function run(stack: Stack): Promise<Findings> {
  const { app = helloApp, middleware = transparent } = stack;
  const outer: Violation[] = [];
  const inner: Violation[] = [];
  const all: Violation[] = [];
  const into = (list: Violation[]) => (violation: Violation) => {
    list.push(violation);
    all.push(violation);
  };
  const layer = (
    wrapped: Loose,
    name: string,
    list: Violation[],
    options: ValidatorOptions = {},
  ) =>
    validator(wrapped, {
      throws: false,
      name,
      onViolation: into(list),
      ...options,
    });
  const inside = layer(app, "inner", inner, stack.innerOptions);
  const outside = layer(
    middleware(inside),
    "outer",
    outer,
    stack.outerOptions,
  );
  const environ = createEnviron();
  const changed: Environ = stack.environ?.(environ) ?? environ;
  await (stack.server ?? runServer)(outside, changed);
  outside.assertFinished();
  inside.assertFinished();
  return { all, outer, inner };
}

function summary(violations: readonly Violation[]): string[] {
  return violations.map(({ rule, blame }) => `${rule} by ${blame}`);
}

// Blame -----------------------------------------------------------------------

Deno.test("validator() reports what the application breaks once, next to it", async () => {
  const { all, inner } = await run({
    app: (_environ, startResponse) => {
      startResponse("200", []);
      return [];
    },
    server: (app, environ) =>
      app(environ, () => () => Promise.resolve()).close(),
  });
  assertEquals(summary(all), ["status/digits by application"]);
  assertEquals(inner, all);
  assertStringIncludes(
    all[0]!.message,
    'broken by the application, seen by "inner")',
  );
});

Deno.test("validator() blames middleware for what only the outer layer sees", async () => {
  const { all, outer } = await run({
    middleware: (app) => (environ, startResponse) =>
      app(
        environ,
        (_status: Loose, headers: Loose) => startResponse("200", headers),
      ),
    server: (app, environ) =>
      app(environ, () => () => Promise.resolve()).close(),
  });
  assertEquals(summary(all), ["status/digits by middleware"]);
  assertEquals(outer, all);
  assertStringIncludes(
    all[0]!.message,
    'broken by the middleware between "outer" and "inner")',
  );
});

Deno.test("validator() reports what the server breaks once, next to it", async () => {
  const { all, outer } = await run({
    environ: (environ) => {
      delete environ.REQUEST_METHOD;
    },
  });
  assertEquals(all.map(({ blame }) => blame), ["server"]);
  assertEquals(outer, all);
  assertStringIncludes(
    all[0]!.message,
    'broken by the server, seen by "outer")',
  );
});

Deno.test("validator() blames middleware for what only the inner layer sees", async () => {
  const { all, inner } = await run({
    middleware: (app) => ({ REQUEST_METHOD: _, ...environ }, startResponse) =>
      app(environ, startResponse),
  });
  assertEquals(all.map(({ blame }) => blame), ["middleware"]);
  assertEquals(inner, all);
  assertStringIncludes(
    all[0]!.message,
    'broken by the middleware between "outer" and "inner")',
  );
});

Deno.test("validator() blames middleware for a write() that is no function", async () => {
  const { all } = await run({
    middleware: (app) => (environ, startResponse) =>
      app(environ, (...args: Loose[]) => void startResponse(...args)),
  });
  assertEquals(summary(all), ["start-response/returns-write by middleware"]);
});

Deno.test("validator() blames middleware for a second close()", async () => {
  const { all } = await run({
    middleware: (app) => (environ, startResponse) => {
      const body = app(environ, startResponse);
      const close = () => {
        body.close();
        body.close();
      };
      return Object.assign([...body], { close });
    },
  });
  assertEquals(summary(all), ["close/called-twice by middleware"]);
});

Deno.test("validator() blames the application where the inner layer does not look", async () => {
  for (
    const innerOptions of [
      { profile: "core" },
      { rules: { "http/*": "off" } },
      { rules: { "http/challenge": "off" } },
    ] as const
  ) {
    const { all, outer } = await run({
      app: (_environ, startResponse) => {
        startResponse("401 Unauthorized", []);
        return [];
      },
      innerOptions,
    });
    assertEquals(summary(all), ["http/challenge by application"]);
    assertEquals(outer, all);
  }
});

Deno.test("validator() knows of a layer behind one that does not look", async () => {
  const found: Violation[] = [];
  const options = (name: string, more: ValidatorOptions = {}) => ({
    name,
    throws: false,
    onViolation: (violation: Violation) => void found.push(violation),
    ...more,
  });
  const app: Application = (_environ, startResponse) => {
    startResponse("401 Unauthorized", []);
    return [];
  };
  const stack = validator(
    validator(
      validator(app, options("a")),
      options("b", { rules: { "http/*": "off" } }),
    ),
    options("c"),
  );
  await runServer(stack, createEnviron());
  assertEquals(summary(found), ["http/challenge by application"]);
});

Deno.test("validator() says what it can where layers have no names", async () => {
  const middleware =
    (app: Application): Application => (environ, startResponse) =>
      app(
        environ,
        (status, headers) => startResponse(`${status}\t`, headers),
      );
  for (
    const [outer, inner, expected] of [
      [undefined, undefined, "broken by the middleware)"],
      ["a", undefined, 'broken by the middleware inside of "a")'],
      [undefined, "b", 'broken by the middleware around "b")'],
    ]
  ) {
    const found: Violation[] = [];
    const options = (name: string | undefined) => ({
      name,
      throws: false,
      onViolation: (violation: Violation) => void found.push(violation),
    });
    const app = validator(
      middleware(validator(helloApp, options(inner))),
      options(outer),
    );
    await runServer(app, createEnviron());
    assertStringIncludes(found[0]!.message, expected!);
  }
});

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
      environ["wsgi.errors"] = {
        write: () => {},
        writelines: () => {},
        flush: () => {},
      };
    },
    server: (app, environ) => app(environ, () => () => Promise.resolve()),
  });
  const rules = all.map(({ rule }) => rule);
  assertEquals(rules, [...new Set(rules)]);
  assertEquals(rules.slice(1), [
    "errors/write",
    "status/string",
    "body/string",
  ]);
});

Deno.test("validator() finds nothing wrong in a correct stack, whatever the middleware", async () => {
  const middlewares: Wrap[] = [
    transparent,
    (app) => (environ, startResponse) => app({ ...environ }, startResponse),
    (app) => async (environ, startResponse) =>
      await app(environ, startResponse),
    (app) =>
      async function* (environ: Loose, startResponse: Loose) {
        const body = await app(environ, startResponse);
        try {
          yield* body;
        } finally {
          await body.close?.();
        }
      },
    (app) => (environ, startResponse) => {
      const { close, ...rest } = app(environ, startResponse);
      return Object.assign(Object.values(rest), {
        close: () => close.call([]),
      });
    },
  ];
  const apps: ((environ: Loose, startResponse: Loose) => Loose)[] = [
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
  for (const [index, middleware] of middlewares.entries()) {
    for (const app of apps) {
      // The last one knows arrays only, and forgets on what close() is called.
      if (index === 4 && app !== helloApp) continue;
      const { all } = await run({ app, middleware });
      const rules = all.map(({ rule }) => rule);
      assertEquals(rules, index === 4 ? ["close/not-on-body"] : []);
    }
  }
});

// Links -----------------------------------------------------------------------

Deno.test("validator() links layers through a copy of the environ", async () => {
  const { all } = await run({
    middleware: (app) => (environ, startResponse) =>
      app({ ...environ }, startResponse),
    app: (_environ, startResponse) => {
      startResponse("401 Unauthorized", []);
      return [];
    },
  });
  assertEquals(summary(all), ["http/challenge by application"]);
});

Deno.test("validator() does not link requests that use an environ one after the other", async () => {
  const found: Violation[] = [];
  const onViolation = (violation: Violation): void =>
    void found.push(violation);
  const first = validator(helloApp, { name: "first", onViolation });
  const second = validator(helloApp, {
    name: "second",
    onViolation,
    throws: false,
  });
  const environ = createEnviron();
  await runServer(first, environ);
  Reflect.deleteProperty(environ, "REQUEST_METHOD");
  await runServer(second, environ);
  const mine = found.filter(({ rule }) => rule !== "environ/reused");
  assertEquals(mine.map(({ blame }) => blame), ["server"]);
});

Deno.test("validator() allows middleware to call its application again", async () => {
  const again =
    (app: Loose) => async (environ: Loose, startResponse: Loose) => {
      let status = "";
      const body = app(environ, (first: string) => {
        status = first;
        return () => Promise.resolve();
      });
      const iterator = body[Symbol.asyncIterator]();
      await iterator.next();
      await iterator.return();
      await body.close();
      assertEquals(status, "200 OK");
      return app(environ, startResponse);
    };
  const { all } = await run({
    middleware: again,
    app: async function* (environ, startResponse) {
      startResponse("200 OK", [["Content-Type", "text/plain"]]);
      yield await environ["wsgi.input"].read(5);
      environ["wsgi.errors"].write("Hello\n");
      yield new Uint8Array(1);
    },
  });
  assertEquals(all, []);
});

Deno.test("validator() still knows its outer layer when it is called again", async () => {
  const { all, inner } = await run({
    middleware: (app) => (environ, startResponse) => {
      app(environ, () => () => Promise.resolve()).close();
      delete environ.SERVER_PROTOCOL;
      return app(environ, startResponse);
    },
  });
  assertEquals(all.map(({ blame }) => blame), ["middleware"]);
  assertEquals(inner, all);
});

Deno.test("validator() checks a second try as the first", async () => {
  const { all } = await run({
    middleware: (app) => (environ, startResponse) => {
      app(environ, () => () => Promise.resolve()).close();
      return app(environ, startResponse);
    },
    app: (environ, startResponse) => {
      environ["wsgi.errors"].write(5);
      startResponse("200 OK", []);
      return [];
    },
    environ: (environ) => {
      environ["wsgi.errors"] = {
        write: () => {},
        writelines: () => {},
        flush: () => {},
      };
    },
  });
  assertEquals(summary(all), [
    "errors/write by application",
    "errors/write by application",
  ]);
});

Deno.test("validator() may be called by its own application", async () => {
  const found: Violation[] = [];
  const onViolation = (violation: Violation): void =>
    void found.push(violation);
  const app: Application = validator((environ, startResponse) => {
    if (environ.PATH_INFO !== "/old") return helloApp(environ, startResponse);
    return app({ ...environ, PATH_INFO: "/new" }, startResponse);
  }, { onViolation, throws: false });
  const environ = createEnviron();
  environ.PATH_INFO = "/old";
  await runServer(app, environ);
  assertEquals(found, []);
});

Deno.test("validator() takes no notice of what another copy of it has left", async () => {
  const environ = createEnviron();
  Reflect.set(environ, Symbol.for("wsgiref.validator"), { isOver: false });
  const found: Violation[] = [];
  const app = validator(helloApp, {
    throws: false,
    onViolation: (violation) => void found.push(violation),
  });
  await runServer(app, environ);
  assertEquals(found, []);
});

// Throwing --------------------------------------------------------------------

/** A stack whose validators throw; gives what the server gets to see. */
async function thrown(stack: Stack): Promise<Loose> {
  try {
    await run({
      ...stack,
      outerOptions: { throws: true },
      innerOptions: { throws: true },
      server: async (app, environ) => {
        const body = await app(environ, () => () => Promise.resolve());
        try {
          for await (const _chunk of body);
        } finally {
          await body.close?.();
        }
      },
    });
  } catch (error) {
    return error;
  }
  return undefined;
}

Deno.test("validator() lets a finding of an inner layer pass through the outer one once", async () => {
  const error = await thrown({
    app: (_environ, startResponse) => {
      startResponse("401 Unauthorized", []);
      return [];
    },
  });
  assert(error instanceof ConformanceError);
  assertEquals(error.violation.rule, "http/challenge");
  assertEquals(error.violation.blame, "application");
});

Deno.test("validator() throws into middleware that loses excInfo", async () => {
  const error = await thrown({
    app: (_environ, startResponse) => {
      startResponse("200 OK", []);
      startResponse("500 Internal Server Error", [], new Error("no"));
      return [];
    },
    middleware: (app) => (environ, startResponse) =>
      app(
        environ,
        (status: Loose, headers: Loose) => startResponse(status, headers),
      ),
  });
  assert(error instanceof ConformanceError);
  assertEquals(error.violation.rule, "middleware/exc-info-lost");
});

Deno.test("validator() throws from close() where the inner body was left open", async () => {
  const error = await thrown({
    middleware: (app) => (environ, startResponse) => [
      ...app(environ, startResponse),
    ],
  });
  assert(error instanceof ConformanceError);
  assertEquals(error.violation.rule, "middleware/inner-not-closed");
});

Deno.test("validator() throws what middleware threw, and reports what it left open", () => {
  const found: Violation[] = [];
  const onViolation = (violation: Violation): void =>
    void found.push(violation);
  const full = new Error("The disk is full");
  const app = validator((environ, startResponse) => {
    inner(environ, startResponse);
    throw full;
  }, { onViolation });
  const inner = validator(helloApp, { onViolation });
  let error: unknown;
  try {
    app(createEnviron(), () => () => Promise.resolve());
  } catch (caught) {
    error = caught;
  }
  assertEquals(error, full);
  assertEquals(summary(found), ["middleware/inner-not-closed by middleware"]);
});

Deno.test("validator() lets middleware wait for an inner application that it gave up", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  let waiting: Promise<Loose> | undefined;
  const { all } = await run({
    app: async (_environ, _startResponse) => {
      await promise;
      return [];
    },
    innerOptions: { rules: { "start-response/never-called": "off" } },
    middleware: (app) => (environ, startResponse) => {
      waiting = app(environ, () => () => Promise.resolve());
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
