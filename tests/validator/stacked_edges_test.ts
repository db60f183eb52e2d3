// deno-lint-ignore-file explicit-function-return-type -- the applications in it have no types
import { assertEquals, assertThrows } from "@std/assert";
import { type Application, validator, type Violation } from "../../mod.ts";
import { createEnviron, helloApp, type Loose, runServer } from "./scenario.ts";
import { run, summary } from "./stack.ts";
import { bytes, PLAIN, start, yielding } from "./requests.ts";

Deno.test("validator() takes an inner body for closed when its close() is called", async () => {
  let closing: Promise<unknown> | undefined;
  const { all } = await run({
    app: (_environ, startResponse) => {
      startResponse("200 OK", [PLAIN]);
      return Object.assign([bytes("x")], { close: () => Promise.resolve() });
    },
    middleware: (app) => (environ, startResponse) => {
      const body = app(environ, startResponse);
      return {
        *[Symbol.iterator]() {
          yield* body;
        },
        // Begun, and awaited by nobody.
        close: () => {
          closing = body.close();
        },
      };
    },
    server: async (app, environ) => {
      const body = app(environ, start);
      for (const _chunk of body);
      body.close();
      await closing;
    },
  });
  assertEquals(summary(all), []);
});

Deno.test.each([[1, "one inner body"], [2, "2 inner bodies"]])(
  "validator() says how many inner bodies were left open: %i",
  (count, got) => {
    const found: Violation[] = [];
    const inner = validator(helloApp, { throws: false });
    const outer = validator(
      ((environ: Loose, startResponse: Loose) => {
        let body: Loose;
        for (let i = 0; i < count; i++) {
          body = inner(
            { ...environ },
            i === 0 ? startResponse : start as Loose,
          );
        }
        return [...body];
      }) as Application,
      {
        throws: false,
        onViolation: (violation) => void found.push(violation),
      },
    );
    const body = outer(createEnviron(), start as Loose) as Loose;
    body.close();
    assertEquals(
      found.map(({ message }) => /, got (.*) left open/.exec(message)?.[1]),
      [got],
    );
  },
);

Deno.test("validator() tells a fault of two middlewares of each of them", async () => {
  const found: string[] = [];
  const layer = (app: Loose, name: string) =>
    validator(app, {
      throws: false,
      name,
      onViolation: ({ rule }) => void found.push(`${name}: ${rule}`),
    }) as Loose;
  const draining = (app: Loose) => (environ: Loose, startResponse: Loose) => {
    const body = app(environ, startResponse);
    const taken = [...body];
    body.close();
    return new Set(taken);
  };
  const inner = layer(yielding(bytes("x")), "inner");
  const middle = layer(draining(inner), "middle");
  const outer = layer(draining(middle), "outer");
  await runServer(outer, createEnviron());
  assertEquals(found, [
    "middle: middleware/drained",
    "outer: middleware/drained",
  ]);
});

/** An application that writes something wrong to wsgi.errors. */
function wrongErrors(environ: Loose, startResponse: Loose): Uint8Array[] {
  startResponse("200 OK", [PLAIN]);
  environ["wsgi.errors"].write(5);
  return [];
}

Deno.test("validator() sees wsgi.errors in the outer layer where the inner one does not look", async () => {
  const { inner, outer } = await run({
    app: wrongErrors,
    innerOptions: { rules: { "errors/write": "off" } },
  });
  assertEquals(summary(inner), []);
  assertEquals(summary(outer), ["errors/write by application"]);
});

Deno.test("validator() tells of wsgi.errors once where two layers have the same environ again", async () => {
  let text: unknown = "text\n";
  const found: string[] = [];
  const layer = (app: Loose) =>
    validator(app, {
      throws: false,
      onViolation: ({ rule }) => void found.push(rule),
    }) as Loose;
  const app = layer(layer((environ: Loose, startResponse: Loose) => {
    startResponse("200 OK", [PLAIN]);
    environ["wsgi.errors"].write(text);
    return [];
  }));
  const environ = createEnviron();
  await runServer(app, environ);
  assertEquals(found, []);
  text = 5;
  await runServer(app, environ);
  assertEquals(found.filter((id) => id !== "environ/reused"), ["errors/write"]);
});

Deno.test.each<[string, unknown, string[]]>([
  ["strings", ["a", "b"], ["errors/any-text"]],
  ["no strings", ["a", 5], ["errors/writelines"]],
  ["nothing to iterate over", 5, ["errors/writelines"]],
])(
  "validator() blames the server for a writelines() that throws only if it was given strings: %s",
  async (_what, lines, expected) => {
    const found: string[] = [];
    const app = validator(
      ((environ: Loose, startResponse: Loose) => {
        startResponse("200 OK", [PLAIN]);
        try {
          environ["wsgi.errors"].writelines(lines);
        } catch {
          // It is the server's.
        }
        return [];
      }) as Application,
      {
        throws: false,
        onViolation: ({ rule }) => void found.push(rule),
      },
    );
    const environ: Loose = createEnviron();
    environ["wsgi.errors"] = {
      write: () => {},
      flush: () => {},
      writelines: () => {
        throw new RangeError("full");
      },
    };
    await runServer(app, environ);
    assertEquals(found, expected);
  },
);

Deno.test("validator() tells what a middleware did wrong, and not what it left open then", () => {
  const found: string[] = [];
  const inner = validator(helloApp, { throws: false }) as Loose;
  const outer = validator(
    ((environ: Loose, startResponse: Loose) => {
      inner(environ, start);
      startResponse(200, [PLAIN]);
    }) as unknown as Application,
    {
      onViolation: ({ rule }) => void found.push(rule),
    },
  );
  assertThrows(() => outer(createEnviron(), start as Loose));
  assertEquals(found, ["status/string"]);
});
