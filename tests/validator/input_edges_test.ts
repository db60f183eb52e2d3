import { assertEquals } from "@std/assert";
import { InputLog } from "../../validator/wrap/input_log.ts";
import { createEnviron, type Loose, type Scenario } from "./scenario.ts";
import { bytes, findingsIn, PLAIN, start } from "./requests.ts";

/** An application that uses wsgi.input so. */
function using(use: (input: Loose) => unknown): Scenario {
  return {
    input: "Hello",
    app: async (environ, startResponse) => {
      startResponse("200 OK", [PLAIN]);
      await use(environ["wsgi.input"]);
      return [];
    },
    server: async (app, environ) => (await app(environ, start)).close(),
  };
}

/** A server whose input gives these results, whatever is asked for. */
function giving(
  method: string,
  results: readonly unknown[],
  calls: readonly (readonly unknown[])[],
  length = "",
): Scenario {
  const left = [...results];
  return {
    ...using(async (input) => {
      for (const args of calls) await input[method](...args);
    }),
    environ: () => ({
      ...createEnviron(),
      CONTENT_LENGTH: length,
      "wsgi.input": {
        ...createEnviron()["wsgi.input"],
        read: () => Promise.resolve(left.shift()),
        readline: () => Promise.resolve(left.shift()),
        readlines: () => Promise.resolve(left.shift()),
        async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {},
      },
    }),
  };
}

async function coreFindingsIn(scenario: Scenario): Promise<string[]> {
  return await findingsIn(scenario, { profile: "core" });
}

Deno.test("validator() looks for sizes only where there are any", async () => {
  const scenario = using((input) => {
    try {
      input.on("data", () => {});
    } catch {
      // There is no such method.
    }
  });
  assertEquals(await findingsIn(scenario), ["input/member: a call of on()"]);
});

Deno.test("validator() takes 0 for a size", async () => {
  assertEquals(await findingsIn(using((input) => input.read(0))), []);
  assertEquals(await findingsIn(using((input) => input.read(-1))), [
    "input/unsized: read() without one",
  ]);
});

Deno.test("validator() compares only the size of read() with CONTENT_LENGTH", async () => {
  const open = (scenario: Scenario): Scenario => ({
    ...scenario,
    environ: (environ) => {
      delete environ["wsgi.input_terminated"];
      return environ;
    },
  });
  assertEquals(await findingsIn(open(using((input) => input.read(6)))), [
    "input/past-length: 6 where 5 are left",
  ]);
  assertEquals(await findingsIn(open(using((input) => input.readline(6)))), []);
  assertEquals(
    await findingsIn(open(using((input) => input.readlines(6)))),
    [],
  );
});

Deno.test.each<[readonly unknown[], string]>([
  [[], "read()"],
  [[undefined], "read()"],
  [[0], "read(0)"],
  [[5], "read(5)"],
])("InputLog writes a call down as it was made: %j", (args, call) => {
  const log = new InputLog(undefined);
  const taken = (result: Uint8Array, args: readonly unknown[]) => {
    log.begin();
    return log.take({ method: "read", args }, { isPromised: true, result });
  };
  taken(bytes(""), args);
  assertEquals(
    taken(bytes("x"), []).earlier?.call,
    args[0] === 0 ? undefined : call,
  );
});

Deno.test("InputLog knows no order until the last of several calls is settled", () => {
  const log = new InputLog(undefined);
  const take = (text: string) =>
    log.take({ method: "read", args: [5] }, {
      isPromised: true,
      result: bytes(text),
    });
  log.begin();
  log.begin();
  log.begin();
  log.fail();
  take("");
  assertEquals(take("x").earlier, undefined);
  log.begin();
  take("");
  log.begin();
  assertEquals(take("x").earlier?.kind, "empty");
});

Deno.test.each<[string, readonly unknown[], unknown, string]>([
  ["read", [2], bytes("abc"), "input/read-size: 3 bytes from read(2)"],
  ["read", [], "abc", 'input/bytes: "abc" from read()'],
  ["read", [-1], "abc", 'input/bytes: "abc" from read(-1)'],
  [
    "readline",
    [],
    bytes("a\nb"),
    'input/line: 1 byte after the first "\\n" from readline()',
  ],
  [
    "readline",
    [],
    bytes("a\nbc"),
    'input/line: 2 bytes after the first "\\n" from readline()',
  ],
])(
  "validator() says what wsgi.input gave for which call: %s(%j)",
  async (method, args, result, line) => {
    assertEquals(await coreFindingsIn(giving(method, [result], [args])), [
      line,
    ]);
  },
);

Deno.test("validator() counts the lines of readlines() up to its hint", async () => {
  const lines = (...texts: string[]) => texts.map(bytes);
  const findingsFor = (hint: number, ...texts: string[]) =>
    coreFindingsIn(giving("readlines", [lines(...texts)], [[hint]]));
  assertEquals(await findingsFor(1, "\n"), []);
  assertEquals(await findingsFor(1, "\n", "\n"), [
    "input/lines: 2 bytes in 2 lines from readlines(1)",
  ]);
  assertEquals(await findingsFor(2, "\n", "\n"), []);
  assertEquals(await findingsFor(5), []);
  assertEquals(
    await coreFindingsIn(giving("readline", [bytes("a\n")], [[1]])),
    ["input/line: 2 bytes from readline(1)"],
  );
  assertEquals(
    await coreFindingsIn(giving("read", [bytes("ab")], [[2]])),
    [],
  );
});

Deno.test("validator() passes on what is no array of lines", async () => {
  assertEquals(await coreFindingsIn(giving("readlines", ["text"], [[5]])), [
    'input/bytes: "text" from readlines(5)',
  ]);
});

Deno.test("validator() tells once that wsgi.input gave more than CONTENT_LENGTH says", async () => {
  const results = [bytes("ab"), bytes("c"), bytes("d")];
  const calls = [[2], [1], [1]];
  assertEquals(await coreFindingsIn(giving("read", results, calls, "2")), [
    "input/too-much: 3 bytes where CONTENT_LENGTH is 2",
  ]);
});
