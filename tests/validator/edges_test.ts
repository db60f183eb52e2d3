// deno-lint-ignore-file explicit-function-return-type -- the applications in it have no types
import { assertEquals, assertThrows } from "@std/assert";
import { runInNewContext } from "node:vm";
import { findEnvironHints } from "../../validator/views/environ_hints.ts";
import { isPlainObject } from "../../validator/views/environ_view.ts";
import { validator } from "../../mod.ts";
import {
  helloApp,
  type Loose,
  runScenario,
  type Scenario,
} from "./scenario.ts";
import { answering, withVariables } from "./fixtures/shorthands.ts";
import { withWrite } from "./fixtures/programs.ts";
import { bytes, closing, findingsIn, finds, PLAIN, start } from "./requests.ts";

/** The ids of the rules that a scenario breaks. */
async function idsIn(scenario: Scenario): Promise<string[]> {
  const lines = await findingsIn(scenario);
  return lines.map((line) => line.slice(0, line.indexOf(":")));
}

// Headers ---------------------------------------------------------------------

const TWO = [PLAIN, PLAIN];

Deno.test.each<[string, unknown]>([
  ["OK", TWO],
  ["199 Odd", TWO],
  ["600 Odd", TWO],
  ["999 Odd", TWO],
  ["200 O\0K", TWO],
  ["200 OK", [...TWO, ["X", "\0"]]],
  ["200 OK", [...TWO, ["X", "\u20ac"]]],
  ["200 OK", [...TWO, ["X"]]],
  ["200 OK", [...TWO, ["X", 1]]],
  ["200 OK", [...TWO, ["X Y", ""]]],
  ["200 OK", { 0: PLAIN, 1: PLAIN, length: 2 }],
])(
  "validator() does not judge a response as HTTP that cannot be sent: %s, %j",
  async (status, headers) => {
    const [id, ...others] = await idsIn(answering(status, headers));
    assertEquals([id?.startsWith("http/"), others], [false, []]);
    const ids = await idsIn(answering(status, headers, [bytes("x")]));
    assertEquals(ids.filter((id) => /^(http|body)\//.test(id)), []);
  },
);

for (const status of ["200 OK", "599 Odd"]) {
  const scenario = answering(status, TWO);
  finds(
    `every response that can be sent is judged as HTTP: ${status}`,
    scenario,
    'http/single: "Content-Type" more than once',
  );
}

for (
  const [name, value, ...ids] of [
    ["X-A", "a\tb", "headers/tab"],
    ["X-A", "a\tb\t", "headers/tab", "headers/outer-space"],
    ["X-A", "b\t", "headers/outer-space"],
    ["X-A", "b ", "headers/outer-space"],
    ["Content-Length", "1\t2", "headers/content-length"],
  ]
) {
  const scenario = answering("200 OK", [[name, value], PLAIN]);
  finds(
    `one thing is said of a blank once: ${JSON.stringify(value)}`,
    scenario,
    ...ids,
  );
}

finds(
  "each header of a kind is looked at, not only the first",
  answering("200 OK", [
    PLAIN,
    ["Date", "Fri, 20 Nov 2026 10:00:00 GMT"],
    ["Last-Modified", "yesterday"],
  ]),
  "http/server-headers",
  'http/date: "yesterday" as Last-Modified',
);

for (const code of ["204 No Content", "205 Reset Content"]) {
  for (const [text, got] of [["x", "1 byte"], ["xy", "2 bytes"]] as const) {
    const scenario = answering(code, [], [bytes(text)]);
    const line = `body/no-content: a chunk of ${got} with status ${
      parseInt(code)
    }`;
    finds(
      `no Content-Type is missed without content: ${code}, ${got}`,
      scenario,
      line,
    );
  }
}

finds(
  "no Content-Type is missed with 304",
  answering("304 Not Modified", [], [bytes("x")]),
  "http/unasked: 304 without If-None-Match or If-Modified-Since",
  "body/no-content: a chunk of 1 byte with status 304",
);

// startResponse and write() ---------------------------------------------------

Deno.test.each<[string, (start: Loose) => unknown, Loose, string]>([
  [
    "startResponse",
    (write) => write,
    undefined,
    "start-response/returns-write",
  ],
  ["write()", (write) => write(bytes("")), () => {}, "write/returns-promise"],
])(
  "validator() gives the application what %s returned, if it is nothing",
  async (_what, use, write, rule) => {
    let given: unknown = "nothing";
    const app = withWrite((write) => void (given = use(write)), [PLAIN]);
    const server = (app: Loose, environ: Loose) =>
      app(environ, () => write).close();
    const lines = await findingsIn({ ...app, server });
    assertEquals(given, undefined);
    assertEquals(lines.includes(`${rule}: undefined`), true);
  },
);

Deno.test.each([[undefined], [null], [5]])(
  "validator() gives the application what wsgi.file_wrapper made, if it is no body: %s",
  async (made) => {
    let given: unknown = "nothing";
    await runScenario({
      ...withVariables({ "wsgi.file_wrapper": () => made }),
      app: (environ: Loose, startResponse: Loose) => {
        startResponse("200 OK", [PLAIN]);
        given = environ["wsgi.file_wrapper"]({ read: () => null });
        return [];
      },
    });
    assertEquals(given, made);
  },
);

// environ ---------------------------------------------------------------------

Deno.test("validator() counts the arguments of a call before it looks at them", async () => {
  const server = (app: Loose) => app({ startResponse: start }, start, 1);
  const [first] = await findingsIn({ app: () => [], server });
  assertEquals(first, "application/arguments: 3 arguments");
});

Deno.test("validator() judges a variable that it has never seen", async () => {
  const key = `HTTP_X_${
    crypto.randomUUID().replaceAll("-", "_").toUpperCase()
  }`;
  const lines = await findingsIn(withVariables({ [key]: "\u20ac" }));
  assertEquals(lines.length, 1);
  assertEquals(lines[0]?.includes(key), true);
});

Deno.test("validator() takes nothing for a variable that Object.prototype has", async () => {
  const prototype: Loose = Object.prototype;
  try {
    prototype.NOBODYS = 5;
    assertEquals(await findingsIn({}), []);
  } finally {
    delete prototype.NOBODYS;
  }
});

class Environ {}

/** Adds a property that is no plain variable. */
function odd(object: object) {
  return Object.defineProperty(object, "ODD", { value: "x" });
}

Deno.test.each<[string, (environ: Loose) => Loose]>([
  ["environ/data-property", odd],
  [
    "environ/plain-object",
    ({ QUERY_STRING: _query, ...others }) =>
      odd(Object.assign(new Environ(), others)),
  ],
  [
    "environ/plain-object",
    (environ) => Object.assign(() => {}, environ, { REQUEST_METHOD: "get it" }),
  ],
  ["environ/frozen", (environ) => Object.freeze(environ)],
])(
  "validator() does not judge the properties of an environ that is none: %s",
  async (id, environ) => {
    const server = (app: Loose, environ: Loose) => {
      try {
        closing(app, environ);
      } catch {
        // The application cannot use it.
      }
    };
    assertEquals(await idsIn({ environ, server }), [id]);
  },
);

Deno.test("isPlainObject() knows the objects of another realm, and no look-alike", () => {
  assertEquals(isPlainObject(runInNewContext("({})")), true);
  assertEquals(isPlainObject(runInNewContext("[]")), false);
  assertEquals(isPlainObject(Object.create(Object.create(null))), false);
  const inherited = Object.create({ hasOwnProperty: () => true });
  assertEquals(isPlainObject(inherited), false);
});

Deno.test("validator() leaves streams alone that are none", async () => {
  const seen: unknown[] = [];
  await runScenario({
    ...withVariables({ "wsgi.input": "input", "wsgi.errors": "errors" }),
    app: (environ, startResponse) => {
      seen.push(environ["wsgi.input"], environ["wsgi.errors"]);
      startResponse("200 OK", [PLAIN]);
      return [];
    },
    server: closing,
  });
  assertEquals(seen, ["input", "errors"]);
});

Deno.test("findEnvironHints() takes a variable without a name for one with a wrong name", () => {
  assertEquals(findEnvironHints({ "": "x" })?.name, "");
  assertEquals(findEnvironHints({ A: "x" }), undefined);
});

Deno.test("validator() lets wsgi.input get members of other streams", async () => {
  let calls = 0;
  await runScenario({
    app: (environ, startResponse) => {
      // A middleware may watch a stream this way.
      environ["wsgi.input"].on = () => calls++;
      environ["wsgi.input"].on();
      return helloApp(environ, startResponse);
    },
  });
  assertEquals(calls, 1);
});

Deno.test("validator() lets an error through that a getter of the environ throws", () => {
  const environ = {
    get REQUEST_METHOD(): never {
      throw new RangeError("mine");
    },
  };
  const app = validator(helloApp);
  assertThrows(() => app(environ as Loose, () => async () => {}), RangeError);
});
