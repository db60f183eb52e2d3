// deno-lint-ignore-file explicit-function-return-type -- what is wrong on purpose has no type
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { ConformanceError, validator } from "../../mod.ts";
import {
  createEnviron,
  helloApp,
  type Loose,
  runServer,
  stderrOf,
} from "./scenario.ts";

type LooseApp = (environ: Loose, startResponse: Loose) => Loose;

const start = () => () => Promise.resolve();

// assertFinished() ------------------------------------------------------------

const FINISHED: Record<string, LooseApp> = {
  "an array": helloApp,
  "a promise of an array": async (...args) => await helloApp(...args),
  "a generator": function* (...args) {
    yield* helloApp(...args);
  },
  "an async generator": async function* (...args) {
    yield* helloApp(...args);
  },
  "a stream": (...args) => ReadableStream.from(helloApp(...args)),
  "an application that throws": () => {
    throw new Error("The disk is full");
  },
  "an application that rejects": () =>
    Promise.reject(new Error("The disk is full")),
  "a body that throws": function* (_environ, startResponse) {
    startResponse("200 OK", []);
    yield new Uint8Array(0);
    throw new Error("The disk is full");
  },
  "a broken rule in the call": (_environ, startResponse) =>
    startResponse(200, []),
  "a broken rule in the body": function* (_environ, startResponse) {
    startResponse("200 OK", []);
    yield "Hello";
  },
  "a body that is none": () => undefined,
  "an array with something else in it": (_environ, startResponse) => {
    startResponse("200 OK", []);
    return ["Hello"];
  },
  "a close() that throws": (...args) =>
    Object.assign(helloApp(...args), {
      close: () => {
        throw new Error("The disk is full");
      },
    }),
  "a close() that rejects": (...args) =>
    Object.assign(helloApp(...args), {
      close: () => Promise.reject(new Error("The disk is full")),
    }),
};

for (const [name, app] of Object.entries(FINISHED)) {
  for (const throws of [true, false]) {
    Deno.test(`ValidatedApplication.assertFinished() is content after ${name}, ${throws ? "throwing" : "reporting"}`, async () => {
      const onViolation = () => {};
      const validated = validator(app, { throws, onViolation });
      await runServer(validated, createEnviron());
      validated.assertFinished();
    });
  }
}

Deno.test("ValidatedApplication.assertFinished() is content where nothing was called", () => {
  validator(helloApp).assertFinished();
});

Deno.test("ValidatedApplication.assertFinished() is content after a call that the server got wrong", () => {
  for (const args of [[], [{}], [5, start], [createEnviron(), 5]]) {
    for (const throws of [true, false]) {
      const validated = validator(() => [], { throws, onViolation: () => {} });
      try {
        Reflect.apply(validated, undefined, args);
      } catch {
        // What it throws is not the subject.
      }
      validated.assertFinished();
    }
  }
});

Deno.test("ValidatedApplication.assertFinished() counts what is open", async () => {
  const validated = validator(helloApp);
  const first = await validated(createEnviron(), start);
  const second = await validated(createEnviron(), start);
  const error = assertThrows(
    () => validated.assertFinished(),
    ConformanceError,
    "got 2 requests left open",
  );
  assertEquals(error.violation.rule, "close/never-called");
  await first.close?.();
  assertThrows(() => validated.assertFinished(), ConformanceError, "1 request");
  await second.close?.();
  validated.assertFinished();
});

Deno.test("ValidatedApplication.assertFinished() counts each validator by itself", async () => {
  const one = validator(helloApp, { name: "one" });
  const two = validator(helloApp);
  const body = await one(createEnviron(), start);
  two.assertFinished();
  assertThrows(() => one.assertFinished(), ConformanceError, 'seen by "one"');
  await body.close?.();
});

Deno.test("ValidatedApplication.assertFinished() counts a promise that never settles", () => {
  const validated = validator(() => new Promise(() => {}));
  validated(createEnviron(), start);
  assertThrows(() => validated.assertFinished(), ConformanceError);
});

Deno.test("ValidatedApplication.assertFinished() throws whatever throws says", async () => {
  const validated = validator(helloApp, { throws: false });
  const body = await validated(createEnviron(), start);
  assertThrows(() => validated.assertFinished(), ConformanceError);
  await body.close?.();
});

// Transparency ----------------------------------------------------------------

Deno.test("validator() keeps what is sync sync", () => {
  const body = validator(helloApp)(createEnviron(), start);
  assert(Array.isArray(body));
  assertEquals(body.length, 1);
});

Deno.test("validator() takes every function for an application", () => {
  validator(async () => await []);
  validator(function* () {});
  validator(async function* () {});
  validator(helloApp.bind(undefined));
  validator(new Proxy(helloApp, {}));
});

Deno.test("validator() gives the environ itself to the application", () => {
  const environ = createEnviron();
  const validated = validator((given, startResponse) => {
    assertStrictEquals(given, environ);
    return helloApp(given, startResponse);
  });
  validated(environ, start);
});

Deno.test("validator() leaves no enumerable string key in the environ", () => {
  const environ = createEnviron();
  const keys = Object.keys(environ);
  validator(helloApp)(environ, start);
  assertEquals(Object.keys(environ), keys);
});

Deno.test("validator() passes exactly the arguments on that startResponse was given", () => {
  const calls: unknown[][] = [];
  const error = new Error("no");
  const validated = validator((_environ, startResponse: Loose) => {
    startResponse("200 OK", []);
    startResponse("500 Internal Server Error", [], error);
    return [];
  });
  validated(createEnviron(), (...args: unknown[]) => {
    calls.push(args);
    return () => Promise.resolve();
  });
  assertEquals(calls, [
    ["200 OK", []],
    ["500 Internal Server Error", [], error],
  ]);
});

Deno.test("validator() passes on what the server throws", async () => {
  const full = new Error("The disk is full");
  const error = await assertRejects(
    async () =>
      await validator(async (environ, startResponse) =>
        await helloApp(environ, startResponse)
      )(createEnviron(), () => {
        throw full;
      }),
    Error,
  );
  assertStrictEquals(error, full);
});

Deno.test("validator() passes on whatever the application throws", () => {
  for (const value of [undefined, null, 5, "text", Symbol("a"), {}]) {
    const validated = validator(() => {
      throw value;
    });
    let thrown: unknown = "nothing";
    try {
      validated(createEnviron(), start);
    } catch (error) {
      thrown = error;
    }
    assertStrictEquals(thrown, value);
  }
});

// onViolation -----------------------------------------------------------------

Deno.test("validator() goes on where onViolation throws", async () => {
  const text = await stderrOf(async () => {
    const validated = validator((environ: Loose, startResponse: Loose) => {
      environ["wsgi.errors"].flush();
      startResponse(200, []);
      return [];
    }, {
      throws: false,
      onViolation: () => {
        throw new Error("no place in the list");
      },
    });
    const body = await validated(createEnviron(), start);
    await body.close?.();
    validated.assertFinished();
  });
  assertMatch(text, /^error: .*status\/string/);
});
