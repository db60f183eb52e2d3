// deno-lint-ignore-file explicit-function-return-type -- the applications in it have no types
import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { type Application, ConformanceError, validator } from "../../mod.ts";
import { caught, play, start, TEXT } from "./programs.ts";
import { validate } from "./validated.ts";
import { createEnviron, type Loose, stderrOf } from "./scenario.ts";

const bytes = new TextEncoder().encode("Hello");

type App = (environ: Loose, startResponse: Loose) => Loose;

/** Starts a response incorrectly, and swallows the error. */
const startBadly = (startResponse: Loose): unknown =>
  caught(() => startResponse(200, TEXT));

const APPS: Record<string, App> = {
  array(_environ, start) {
    startBadly(start);
    caught(() => start("200 OK", "headers"));
    return [];
  },
  *generator(_environ, start) {
    startBadly(start);
    yield* [bytes, bytes];
  },
  async promise(_environ, start) {
    const write = start("200 OK", TEXT);
    await Promise.resolve();
    caught(() => write("text"));
    return [bytes];
  },
  asyncClose(_environ, start) {
    start("200 OK", TEXT);
    const close = async () => {
      await Promise.resolve();
      startBadly(start);
    };
    return Object.assign(ReadableStream.from([bytes]), { close });
  },
  errorHandler(_environ, start) {
    const error = startBadly(start);
    start("500 Internal Server Error", TEXT, error);
    return [bytes];
  },
  *chunk(_environ, start) {
    start("200 OK", TEXT);
    yield* [bytes, "text"];
  },
};

Deno.test.each([
  ["array", "call!", "status/string start-response/called-twice"],
  ["generator", "next next next! close", "status/string"],
  ["generator", "next return close!", "status/string"],
  ["promise", "call!", "write/chunk"],
  ["asyncClose", "next next close!", "start-response/after-end"],
  ["errorHandler", "next next close", "status/string"],
  ["chunk", "next next! close", "body/chunk"],
])(
  "validator() throws a swallowed finding again where the server can see it: %s, %s",
  async (kind, script, ids) => {
    const { call, app, found } = validate(APPS[kind]!);
    if (script !== "call!") await play(await call(), script);
    else await assertRejects(async () => void await call(), ConformanceError);
    assertEquals(found.join(" "), ids);
    app.assertFinished();
  },
);

Deno.test("validator() throws the same error again when a finding was swallowed", async () => {
  let first: unknown;
  const { call } = validate(async function* (_environ, startResponse) {
    first = startBadly(startResponse);
    yield await Promise.resolve(bytes);
  });
  const iterator = call()[Symbol.asyncIterator]();
  await iterator.next();
  const again = await assertRejects(() => iterator.next(), ConformanceError);
  assertStrictEquals(again, first);
});

const fail = (): never => {
  throw new Error("trap");
};
const endless = new Error("endless");
endless.cause = endless;

const hidden = () =>
  Object.defineProperty(new Error("x"), "cause", { get: fail });

const OTHERS: Loose[] = [
  ...[undefined, null, 0, Object.create(null), new Error("other")],
  ...[hidden(), other({ errors: 5 }), endless],
  new Proxy({}, { getPrototypeOf: fail, get: fail }),
];

Deno.test.each(OTHERS.map((error): [Loose] => [error]))(
  "validator() passes on what is thrown in place of a finding: %#",
  (error) => {
    const { call, found } = validate((_environ, startResponse) => {
      startBadly(startResponse);
      throw error;
    });
    let thrown: unknown = "nothing";
    try {
      call();
    } catch (caught) {
      thrown = caught;
    }
    assertStrictEquals(thrown, error);
    assertEquals(found, ["status/string"]);
  },
);

// Printed findings ------------------------------------------------------------

/** The ids of the findings that a validator prints. */
async function printedBy(
  app: App,
  use: (body: Loose) => void = () => {},
): Promise<string[]> {
  const text = await stderrOf(() => {
    const validated = validator(app as Application);
    caught(() => use(validated(createEnviron(), start)));
  });
  return Array.from(text.matchAll(/\(rule ([^,]+),/g), ([, id]) => id ?? "");
}

/** An application that throws a value made from a finding. */
function throwing(wrap: (finding: unknown) => unknown): App {
  return (_environ, start) => {
    throw wrap(startBadly(start));
  };
}

/** An error with the given one at the end of a chain of causes. */
function deep(finding: unknown, depth: number): unknown {
  let error = finding;
  for (let i = 0; i < depth; i++) error = new Error("outer", { cause: error });
  return error;
}

/** An AggregateError with these errors after the given number of others. */
function after(count: number, finding: unknown): unknown {
  return new AggregateError([...Array(count).fill(0), finding]);
}

/** An error with more properties. */
function other(more: object): unknown {
  return Object.assign(new Error("other"), more);
}

Deno.test.each<[string, boolean, (finding: unknown) => unknown]>([
  ["the finding itself", false, (finding) => finding],
  ["its cause", false, (finding) => deep(finding, 1)],
  ["a cause five levels down", false, (finding) => deep(finding, 5)],
  ["a cause six levels down", true, (finding) => deep(finding, 6)],
  ["the first of its errors", false, (finding) => after(0, finding)],
  ["the tenth of its errors", false, (finding) => after(9, finding)],
  ["the eleventh of its errors", true, (finding) => after(10, finding)],
  ["what it suppresses", false, (suppressed) => other({ suppressed })],
  ["what suppresses another", false, (error) => other({ error })],
  ["errors that are not an array", true, (it) => other({ errors: { 0: it } })],
  ["another error", true, () => new Error("other")],
  ["no error", true, () => "text"],
  ["an object with a cause", true, (cause) => ({ cause })],
  ["an error whose cause cannot be read", true, hidden],
])(
  "validator() prints a finding once if it does not reach the server: %s",
  async (_what, isPrinted, wrap) => {
    const expected = isPrinted ? ["status/string"] : [];
    assertEquals(await printedBy(throwing(wrap)), expected);
  },
);

/** An application whose body has this close(). */
function closed(close?: (start: Loose) => unknown): App {
  return (_environ, start) => {
    start("200 OK", TEXT);
    return Object.assign([bytes], close && { close: () => close(start) });
  };
}

Deno.test("validator() prints a finding when the next one is thrown in its place, or an error handler has answered", async () => {
  for (const args of [["200 OK", "headers"], ["500 Sorry", TEXT, true]]) {
    const ids = await printedBy((_environ, start) => {
      const error = startBadly(start);
      start(...args.slice(0, 2), ...args[2] ? [error] : []);
      return [bytes];
    });
    assertEquals(ids, ["status/string"]);
  }
});

Deno.test("validator() prints the findings of close() that are not thrown", async () => {
  const twice = (body: Loose) => {
    body.close();
    body.close();
  };
  const wrongly = (body: Loose) => body.close("argument");
  assertEquals(await printedBy(closed(), twice), []);
  assertEquals(await printedBy(closed(fail), wrongly), ["close/arguments"]);
  const badly = closed((start) => start(200, TEXT));
  assertEquals((await printedBy(badly, wrongly)).length, 1);
});

Deno.test("validator() prints what a middleware left open when it throws an error of its own", async () => {
  const inner = validator(closed() as Application);
  const ids = await printedBy((environ) => {
    inner(environ, start);
    throw new RangeError("mine");
  });
  assertEquals(ids, ["middleware/inner-not-closed"]);
});
