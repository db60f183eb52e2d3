// deno-lint-ignore-file explicit-function-return-type -- what is wrong on purpose has no type
import {
  assertEquals,
  assertMatch,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { ConformanceError, validator } from "../../mod.ts";
import { start, withBody, withYields } from "./programs.ts";
import {
  createEnviron,
  helloApp,
  type Loose,
  runServer,
  stderrOf,
} from "./scenario.ts";

type LooseApp = (environ: Loose, startResponse: Loose) => Loose;

// assertFinished() ------------------------------------------------------------

const error = new Error("The disk is full");
const fail = () => {
  throw error;
};
const reject = () => Promise.reject(error);

/** An application whose body is closed so. */
const closedBy = (close: () => unknown): LooseApp => (...args) =>
  Object.assign(helloApp(...args), { close });

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
  "an application that throws": fail,
  "an application that rejects": reject,
  "a body that throws": withYields(function* () {
    yield new Uint8Array(0);
    fail();
  }).app!,
  "a broken rule in the call": (_environ, start) => start(200, []),
  "a broken rule in the body": withBody(() => ["Hello"].values()).app!,
  "a body that is none": () => undefined,
  "an array with something else in it": withBody(() => ["Hello"]).app!,
  "a close() that throws": closedBy(fail),
  "a close() that rejects": closedBy(reject),
};

for (const [name, app] of Object.entries(FINISHED)) {
  for (const throws of [true, false]) {
    Deno.test(`assertFinished() is content after ${name}, throws: ${throws}`, async () => {
      const validated = validator(app, { throws, onViolation: () => {} });
      validated.assertFinished();
      await runServer(validated, createEnviron());
      validated.assertFinished();
    });
  }
}

Deno.test("assertFinished() is content after a call that the server got wrong", () => {
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

/** Asserts that a validator has requests left open, and says where. */
function assertOpen(app: { assertFinished(): void }, text: string): void {
  const finish = () => app.assertFinished();
  const { violation } = assertThrows(finish, ConformanceError, text);
  assertEquals(violation.rule, "close/never-called");
}

Deno.test("assertFinished() counts what is open, whatever throws says", async () => {
  const validated = validator(helloApp, { name: "one", throws: false });
  const other = validator(helloApp);
  const first = await validated(createEnviron(), start);
  const second = await validated(createEnviron(), start);
  assertOpen(validated, "got 2 requests left open");
  await first.close?.();
  assertOpen(validated, "1 request left");
  assertOpen(validated, 'seen by "one"');
  other.assertFinished();
  await second.close?.();
  validated.assertFinished();
});

Deno.test("assertFinished() counts a promise that never settles", () => {
  const validated = validator(() => new Promise(() => {}));
  validated(createEnviron(), start);
  assertOpen(validated, "1 request");
});

// Transparency ----------------------------------------------------------------

Deno.test("validator() gives the environ itself to the application, without another key", () => {
  const environ = createEnviron();
  const keys = Object.keys(environ);
  let given: unknown;
  const validated = validator((environ, startResponse) => {
    given = environ;
    return helloApp(environ, startResponse);
  });
  validated(environ, start);
  assertStrictEquals(given, environ);
  assertEquals(Object.keys(environ), keys);
});

Deno.test("validator() passes exactly the arguments on that startResponse was given", () => {
  const calls: unknown[][] = [];
  const expected = [["200 OK", []], ["500 Internal Server Error", [], error]];
  const validated = validator((_environ, startResponse: Loose) => {
    for (const args of expected) startResponse(...args);
    return [];
  });
  validated(createEnviron(), (...args: unknown[]) => {
    calls.push(args);
    return start();
  });
  assertEquals(calls, expected);
});

Deno.test("validator() passes on what the server throws", async () => {
  const app = validator(async (...args) => await helloApp(...args));
  const call = async () => await app(createEnviron(), fail);
  assertStrictEquals(await assertRejects(call), error);
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

Deno.test("validator() goes on where onViolation throws", async () => {
  const text = await stderrOf(async () => {
    const validated = validator((environ: Loose, startResponse: Loose) => {
      environ["wsgi.errors"].flush();
      startResponse(200, []);
      return [];
    }, { throws: false, onViolation: fail });
    await runServer(validated, createEnviron());
    validated.assertFinished();
  });
  assertMatch(text, /^error: .*status\/string/);
});
