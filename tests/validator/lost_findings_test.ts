// deno-lint-ignore-file explicit-function-return-type -- the applications in it have no types
import { assertEquals } from "@std/assert";
import { type Application, validator } from "../../mod.ts";
import { startResponse, TEXT } from "./body_cases.ts";
import { createEnviron, type Loose, stderrOf } from "./scenario.ts";

const bytes = new TextEncoder().encode("Hello");

/** The ids of what a validator prints that has nobody to tell. */
async function printedBy(
  app: (environ: Loose, startResponse: Loose) => Loose,
  use: (body: Loose) => void = () => {},
): Promise<string[]> {
  const text = await stderrOf(() => {
    const validated = validator(app as unknown as Application);
    try {
      use(validated(createEnviron(), startResponse));
    } catch {
      // What is thrown is another matter.
    }
  });
  return Array.from(text.matchAll(/\(rule ([^,]+),/g), ([, id]) => id ?? "");
}

/** An application that throws something made of a finding. */
function throwing(wrap: (finding: unknown) => unknown) {
  return (_environ: Loose, start: Loose) => {
    try {
      start(200, TEXT);
    } catch (finding) {
      throw wrap(finding);
    }
  };
}

/** An error whose cause's cause, and so on, is the given one. */
function deep(finding: unknown, depth: number): unknown {
  let error = finding;
  for (let i = 0; i < depth; i++) error = new Error("outer", { cause: error });
  return error;
}

Deno.test.each<[string, (finding: unknown) => unknown]>([
  ["the finding itself", (finding) => finding],
  ["its cause", (cause) => new Error("other", { cause })],
  ["the cause of its cause", (finding) => deep(finding, 2)],
  ["a cause five levels down", (finding) => deep(finding, 5)],
  ["the first of its errors", (finding) => new AggregateError([finding])],
  ["one of its errors", (finding) => new AggregateError([0, finding])],
  [
    "the last of ten errors",
    (finding) => new AggregateError([...Array(9).fill(0), finding]),
  ],
  [
    "what it suppresses",
    (suppressed) => Object.assign(new Error("other"), { suppressed }),
  ],
  [
    "what has suppressed another",
    (error) => Object.assign(new Error("other"), { error }),
  ],
])(
  "a finding that reaches the server is not printed: %s",
  async (_what, wrap) => {
    assertEquals(await printedBy(throwing(wrap)), []);
  },
);

Deno.test.each<[string, (finding: unknown) => unknown]>([
  ["another error", () => new Error("other")],
  ["no error", () => "text"],
  ["an object with a cause", (cause) => ({ cause })],
  ["a cause six levels down", (finding) => deep(finding, 6)],
  [
    "the eleventh of its errors",
    (finding) => new AggregateError([...Array(10).fill(0), finding]),
  ],
  [
    "errors that are no array",
    (finding) => Object.assign(new Error("other"), { errors: { 0: finding } }),
  ],
])(
  "a finding that does not reach the server is printed once: %s",
  async (_what, wrap) => {
    assertEquals(await printedBy(throwing(wrap)), ["status/string"]);
  },
);

Deno.test("a finding is printed when the next one is thrown in its place", async () => {
  const ids = await printedBy((_environ, start) => {
    try {
      start(200, TEXT);
    } catch {
      start("200 OK", "headers");
    }
  });
  assertEquals(ids, ["status/string"]);
});

Deno.test("a finding that an error handler has answered is printed", async () => {
  const ids = await printedBy((_environ, start) => {
    try {
      start(200, TEXT);
    } catch (error) {
      start("500 Internal Server Error", TEXT, error);
    }
    return [bytes];
  });
  assertEquals(ids, ["status/string"]);
});

Deno.test("a finding that the server gets to see is not printed", async () => {
  const ids = await printedBy(
    (_environ, start) => {
      start("200 OK", TEXT);
      return [bytes];
    },
    (body) => {
      body.close();
      body.close();
    },
  );
  assertEquals(ids, []);
});

Deno.test("a finding is printed if close() throws an error of the body instead", async () => {
  const ids = await printedBy(
    (_environ, start) => {
      start("200 OK", TEXT);
      return Object.assign([bytes], {
        close: () => {
          throw new Error("close");
        },
      });
    },
    (body) => body.close("argument"),
  );
  assertEquals(ids, ["close/arguments"]);
});

Deno.test("of two findings of one close(), the one that is not thrown is printed", async () => {
  const ids = await printedBy(
    (_environ, start) => {
      start("200 OK", TEXT);
      return Object.assign([bytes], { close: () => start(200, TEXT) });
    },
    (body) => body.close("argument"),
  );
  assertEquals(ids.length, 1);
});

Deno.test("a finding that was hidden by an error nobody can look into is printed", async () => {
  const wrap = (cause: unknown): unknown =>
    Object.defineProperty(new Error("other"), "cause", {
      get: () => {
        throw cause;
      },
    });
  assertEquals(await printedBy(throwing(wrap)), ["status/string"]);
});

Deno.test("what a middleware left open is printed when it throws an error of its own", async () => {
  const inner = validator((_environ, start) => {
    start("200 OK", TEXT);
    return [bytes];
  }) as Loose;
  const ids = await printedBy((environ) => {
    inner(environ, startResponse);
    throw new RangeError("mine");
  });
  assertEquals(ids, ["middleware/inner-not-closed"]);
});
