// deno-lint-ignore-file explicit-function-return-type -- what is wrong on purpose has no type
import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  type Application,
  validator,
  type ValidatorOptions,
  type Violation,
} from "../../mod.ts";
import { createEnviron, helloApp, type Loose, runServer } from "./scenario.ts";
import { run, summary, transparent, type Wrap } from "./stack.ts";

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
