import { assertEquals } from "@std/assert";
import { runScenario, type Scenario } from "./scenario.ts";
import { answering, withVariables } from "./fixtures/shorthands.ts";
import { bytes, findingsIn, PLAIN } from "./requests.ts";

Deno.test.each<[string, Record<string, unknown>, string[]]>([
  ["the root beside an escape", {
    PATH_INFO: "/",
    REQUEST_URI: "/%20",
  }, []],
  ["a path that differs from the target", {
    PATH_INFO: "/x",
    REQUEST_URI: "/%zz",
  }, []],
  ["a query that was escaped", {
    PATH_INFO: "/a?b",
    REQUEST_URI: "/a%3Fb?c",
  }, []],
  ["a query in the path", {
    SCRIPT_NAME: "/a",
    PATH_INFO: "/b?c",
    REQUEST_URI: "/a/b?c",
  }, ['environ/path-decoded: "/b?c"']],
  ["a query in the path of another script", {
    SCRIPT_NAME: "/z",
    PATH_INFO: "/b?c",
    REQUEST_URI: "/b?c",
  }, []],
  ["a script of two slashes", {
    SCRIPT_NAME: "//",
    PATH_INFO: "/x",
  }, ['environ/script-name-end: "//"']],
  ["half of a bracketed address", {
    SERVER_NAME: "::1]",
  }, ['environ/server-name: "::1]"']],
  ["a version that is too long", {
    "wsgi.version": [1, 2, 3, 4, 5, 6, 7],
  }, ["environ/version: [1, 2, 3, 4, 5]"]],
  ["a symbol without a name", { [Symbol() as never]: 1 }, [
    'environ/symbol-key: the symbol ""',
  ]],
  ["NUL in a variable of the client", { HTTP_X: "a\0" }, [
    "environ/nul: one in HTTP_X",
  ]],
])(
  "validator() judges an environ at the edge of its rules: %s",
  async (_what, variables, expected) => {
    assertEquals(await findingsIn(withVariables(variables)), expected);
  },
);

Deno.test.each([
  ["a scheme that ends like one", "xhttp:"],
  ["a scheme with a letter before", "shttp"],
])("validator() gives no hint about the form of %s", async (_what, scheme) => {
  const scenario = withVariables({ "wsgi.url_scheme": scheme });
  const [found] = await runScenario(scenario);
  assertEquals(found?.rule, "environ/url-scheme");
  assertEquals(found?.hint?.startsWith('Set it to "https" under TLS'), true);
});

Deno.test.each([["204 No Content"], ["205 Reset Content"]])(
  "validator() misses no Content-Type where there must be no content: %s",
  async (status) => {
    const code = status.slice(0, 3);
    assertEquals(await findingsIn(answering(status, [], [bytes("x")])), [
      `body/no-content: a chunk of 1 byte with status ${code}`,
    ]);
    assertEquals(await findingsIn(answering(status, [], [bytes("xy")])), [
      `body/no-content: a chunk of 2 bytes with status ${code}`,
    ]);
  },
);

Deno.test("validator() misses no Content-Type with 304", async () => {
  const scenario = answering("304 Not Modified", [], [bytes("x")]);
  assertEquals(await findingsIn(scenario), [
    "http/unasked: 304 without If-None-Match or If-Modified-Since",
    "body/no-content: a chunk of 1 byte with status 304",
  ]);
});

Deno.test.each([
  ["299 Fine", ["http/forbidden-length: one with 299 in answer to CONNECT"]],
  ["300 Multiple Choices", []],
])(
  "validator() wants no Content-Length after CONNECT if it succeeded: %s",
  async (status, expected) => {
    const scenario = answering(status, [["Content-Length", "0"], PLAIN]);
    const environ = { REQUEST_METHOD: "CONNECT", PATH_INFO: "" };
    assertEquals(
      await findingsIn({ ...scenario, ...withVariables(environ) }),
      [...expected],
    );
  },
);

Deno.test.each([["199 Odd"], ["600 Odd"], ["999 Odd"]])(
  "validator() judges no HTTP of a status that cannot be sent: %s",
  async (status) => {
    const ids = (await findingsIn(answering(status, [], [bytes("x")])))
      .map((line) => line.slice(0, line.indexOf(":")));
    assertEquals(ids.filter((id) => id.startsWith("status/")).length, 1);
    assertEquals(ids.filter((id) => id === "http/reserved-code"), []);
  },
);

Deno.test("validator() says whether write() was called from inside the body", async () => {
  const calling = (isInside: boolean): Scenario => ({
    app: (_environ, startResponse) => {
      const write = startResponse("200 OK", [PLAIN]);
      return {
        *[Symbol.iterator](): Generator<Uint8Array, void> {
          if (isInside) write(bytes("inside"));
          yield bytes("chunk");
        },
        write,
      };
    },
    server: (app, environ) => {
      const body = app(environ, () => () => Promise.resolve());
      const iterator = body[Symbol.iterator]();
      while (!iterator.next().done);
      body.close();
    },
  });
  assertEquals(await findingsIn(calling(true)), [
    "write/in-body: a call from inside the body",
  ]);
  assertEquals(await findingsIn(calling(false)), []);
});

Deno.test("validator() says that write() was called after the application had returned", async () => {
  let write: (chunk: Uint8Array) => unknown = () => {};
  const scenario: Scenario = {
    app: (_environ, startResponse) => {
      write = startResponse("200 OK", [PLAIN]);
      return {
        *[Symbol.iterator](): Generator<Uint8Array, void> {
          yield bytes("chunk");
        },
      };
    },
    server: (app, environ) => {
      const body = app(environ, () => () => Promise.resolve());
      const iterator = body[Symbol.iterator]();
      iterator.next();
      write(bytes("late"));
      while (!iterator.next().done);
      body.close();
    },
  };
  const found = await findingsIn(scenario);
  assertEquals(found.filter((line) => line.startsWith("write/")), [
    "write/in-body: a call after it had returned",
  ]);
});
