// deno-lint-ignore-file explicit-function-return-type -- the applications in it have no types
import { assertEquals, assertThrows } from "@std/assert";
import { runInNewContext } from "node:vm";
import { isPlainObject } from "../../validator/views/environ_view.ts";
import { validator } from "../../mod.ts";
import {
  answer,
  bytes,
  closing,
  PLAIN,
  start,
  withVariables,
  withWrite,
} from "./programs.ts";
import {
  assertFinds,
  findingsIn,
  helloApp,
  type Loose,
  runScenario,
  type Scenario,
} from "./scenario.ts";

/** The ids of the rules that a scenario breaks. */
async function idsIn(scenario: Scenario): Promise<string[]> {
  const lines = await findingsIn(scenario);
  return lines.map((line) => line.slice(0, line.indexOf(":")));
}

// Headers ---------------------------------------------------------------------

const TWO = [PLAIN, PLAIN];

Deno.test.each<[string, unknown]>([
  ...["OK", "199 Odd", "600 Odd", "999 Odd", "200 O\0K"].map((status) =>
    [status, TWO] as [string, unknown]
  ),
  ...[["X", "\0"], ["X", "\u20ac"], ["X"], ["X", 1], ["X Y", ""]].map((pair) =>
    ["200 OK", [...TWO, pair]] as [string, unknown]
  ),
  ["200 OK", { 0: PLAIN, 1: PLAIN, length: 2 }],
])(
  "validator() does not apply rules of HTTP to a response that cannot be sent: %s, %j",
  async (status, headers) => {
    const [id, ...others] = await idsIn(answer(status, headers));
    assertEquals([id?.startsWith("http/"), others], [false, []]);
    const ids = await idsIn(answer(status, headers, {}, [bytes("x")]));
    assertEquals(ids.filter((id) => /^(http|body)\//.test(id)), []);
  },
);

const TWICE = 'http/single: "Content-Type" more than once';
const DATE = ["Date", "Fri, 20 Nov 2026 10:00:00 GMT"];

Deno.test.each<[string, unknown[], string, string[]]>([
  ["200 OK", TWO, "", [TWICE]],
  ["599 Odd", TWO, "", [TWICE]],
  ["200 OK", [["X-A", "a\tb"], PLAIN], "", ["headers/tab"]],
  ["200 OK", [["X-A", "a\tb\t"], PLAIN], "", [
    "headers/tab",
    "headers/outer-space",
  ]],
  ["200 OK", [["X-A", "b\t"], PLAIN], "", ["headers/outer-space"]],
  ["200 OK", [["X-A", "b "], PLAIN], "", ["headers/outer-space"]],
  ["200 OK", [["Content-Length", "1\t2"], PLAIN], "", [
    "headers/content-length",
  ]],
  ["200 OK", [PLAIN, DATE, ["Last-Modified", "yesterday"]], "", [
    "http/server-headers",
    'http/date: "yesterday" as Last-Modified',
  ]],
  // A missing Content-Type is not reported where there is no content.
  ...[204, 205].flatMap((code) =>
    [["x", "1 byte"], ["xy", "2 bytes"]].map(([body = "", size]) =>
      [`${code} No`, [], body, [
        `body/no-content: a chunk of ${size} with status ${code}`,
      ]] as [string, [], string, string[]]
    )
  ),
  ["304 Not Modified", [], "x", [
    "http/unasked: 304 without If-None-Match or If-Modified-Since",
    "body/no-content: a chunk of 1 byte with status 304",
  ]],
])(
  "validator() reports all of %s with the headers %j and the body %j",
  async (status, headers, body, expected) => {
    const chunks = body === "" ? [] : [bytes(body)];
    await assertFinds(answer(status, headers, {}, chunks), expected);
  },
);

// startResponse and write() ---------------------------------------------------

Deno.test.each<[string, (start: Loose) => unknown, Loose]>([
  ["start-response/returns-write", (write) => write, undefined],
  ["write/returns-promise", (write) => write(bytes("")), () => {}],
])(
  "validator() returns the undefined of the server, and reports %s",
  async (rule, use, write) => {
    let given: unknown = "nothing";
    const app = withWrite((write) => void (given = use(write)));
    const server = (app: Loose, environ: Loose) =>
      app(environ, () => write).close();
    const lines = await findingsIn({ ...app, server });
    assertEquals(given, undefined);
    assertEquals(lines.includes(`${rule}: undefined`), true);
  },
);

Deno.test.each([[undefined], [null], [5]])(
  "validator() returns what wsgi.file_wrapper returned, even if it is not a body: %s",
  async (made) => {
    let given: unknown = "nothing";
    await runScenario({
      ...withVariables({ "wsgi.file_wrapper": () => made }),
      app: (environ, startResponse) => {
        startResponse("200 OK", [PLAIN]);
        given = environ["wsgi.file_wrapper"]({ read: () => null });
        return [];
      },
    });
    assertEquals(given, made);
  },
);

// environ ---------------------------------------------------------------------

Deno.test("validator() counts the arguments of a call before it checks them", async () => {
  const server = (app: Loose) => app({ startResponse: start }, start, 1);
  const [first] = await findingsIn({ app: () => [], server });
  assertEquals(first, "application/arguments: 3 arguments");
});

Deno.test("validator() checks a variable that it has never seen", async () => {
  const id = crypto.randomUUID().replaceAll("-", "_").toUpperCase();
  const lines = await findingsIn(withVariables({ [`HTTP_X_${id}`]: "\u20ac" }));
  assertEquals(lines.length, 1);
  assertEquals(lines[0]?.includes(id), true);
});

Deno.test("validator() ignores the properties of Object.prototype", async () => {
  const prototype: Loose = Object.prototype;
  try {
    prototype.NOBODYS = 5;
    assertEquals(await findingsIn({}), []);
  } finally {
    delete prototype.NOBODYS;
  }
});

class Environ {}

/** Adds a property that is not a plain variable. */
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
  "validator() does not check the variables of an invalid environ: %s",
  async (id, environ) => {
    // The application cannot use it.
    const server = (app: Loose, environ: Loose) =>
      Promise.try(closing, app, environ).catch(() => {});
    assertEquals(await idsIn({ environ, server }), [id]);
  },
);

Deno.test("isPlainObject() accepts objects of another realm, and nothing similar", () => {
  assertEquals(isPlainObject(runInNewContext("({})")), true);
  assertEquals(isPlainObject(runInNewContext("[]")), false);
  assertEquals(isPlainObject(Object.create(Object.create(null))), false);
  const inherited = Object.create({ hasOwnProperty: () => true });
  assertEquals(isPlainObject(inherited), false);
});

Deno.test("validator() passes on wsgi.input and wsgi.errors that are not streams", async () => {
  const seen: unknown[] = [];
  await runScenario({
    ...withVariables({ "wsgi.input": "input", "wsgi.errors": "errors" }),
    app: (environ) => {
      seen.push(environ["wsgi.input"], environ["wsgi.errors"]);
      return [];
    },
    server: closing,
  });
  assertEquals(seen, ["input", "errors"]);
});

Deno.test("validator() lets programs add members to wsgi.input", async () => {
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

Deno.test("validator() passes on the error of a getter in the environ", () => {
  const environ = {
    get REQUEST_METHOD(): never {
      throw new RangeError("mine");
    },
  };
  const app = validator(helloApp);
  assertThrows(() => app(environ as Loose, () => async () => {}), RangeError);
});
