// deno-lint-ignore-file explicit-function-return-type -- the applications in it have no types
import { assertEquals } from "@std/assert";
import { runInNewContext } from "node:vm";
import type { Loose } from "./scenario.ts";
import { withVariables } from "./fixtures/shorthands.ts";
import { bytes, findingsIn, PLAIN, start } from "./requests.ts";

Deno.test("validator() passes a call of startResponse on that has one argument", async () => {
  const lines = await findingsIn({
    app: (_environ, startResponse) => {
      startResponse("200 OK");
      return [bytes("x")];
    },
    server: (app, environ) => app(environ, start).close(),
  });
  assertEquals(lines.filter((line) => line.startsWith("start-")), [
    "start-response/arguments: one argument",
  ]);
});

Deno.test("validator() gives the application what startResponse returned, if it is no function", async () => {
  let given: unknown = "nothing";
  const lines = await findingsIn({
    app: (_environ, startResponse) => {
      given = startResponse("200 OK", [PLAIN]);
      return [];
    },
    server: (app, environ) => app(environ, () => undefined).close(),
  });
  assertEquals(given, undefined);
  assertEquals(lines, ["start-response/returns-write: undefined"]);
});

Deno.test("validator() goes on where write() returns nothing", async () => {
  let given: unknown = "nothing";
  const lines = await findingsIn({
    app: (_environ, startResponse) => {
      given = startResponse("200 OK", [PLAIN])(bytes("x"));
      return [];
    },
    server: (app, environ) => app(environ, () => () => undefined).close(),
  });
  assertEquals(given, undefined);
  assertEquals(lines.filter((line) => line.startsWith("write/returns")), [
    "write/returns-promise: undefined",
  ]);
});

Deno.test.each([[undefined], [null], [5]])(
  "validator() gives the application what wsgi.file_wrapper made, if it is no body: %s",
  (made) => {
    let given: unknown = "nothing";
    const scenario = {
      ...withVariables({ "wsgi.file_wrapper": () => made }),
      app: (environ: Loose, startResponse: Loose) => {
        startResponse("200 OK", [PLAIN]);
        given = environ["wsgi.file_wrapper"]({ read: () => null });
        return [];
      },
    };
    return findingsIn(scenario).then(() => assertEquals(given, made));
  },
);

Deno.test.each<[string, unknown, boolean]>([
  ["an Error", new Error("mine"), true],
  ["an Error of another realm", runInNewContext("new Error()"), true],
  ["what inherits from one", Object.create(new Error("mine")), true],
  ["an object", { message: "mine" }, false],
])(
  "validator() takes for an excInfo what is an Error: %s",
  async (_what, error, isError) => {
    const lines = await findingsIn({
      app: (_environ, startResponse) => {
        startResponse("500 Internal Server Error", [PLAIN], error);
        return [];
      },
    });
    assertEquals(lines.length, isError ? 0 : 1);
  },
);

Deno.test("validator() says when startResponse was called too late", async () => {
  let late: () => unknown = () => {};
  const lines = async (when: "close" | "end") =>
    (await findingsIn({
      app: (_environ, startResponse) => {
        startResponse("200 OK", [PLAIN]);
        late = () => startResponse("200 OK", [PLAIN]);
        return {
          *[Symbol.iterator]() {
            yield bytes("x");
          },
        };
      },
      server: (app, environ) => {
        const body = app(environ, start);
        const iterator = body[Symbol.iterator]();
        iterator.next();
        if (when === "close") iterator.return();
        else iterator.next();
        if (when === "end") late();
        body.close();
        if (when === "close") late();
      },
    }))[0];
  assertEquals(
    await lines("close"),
    "start-response/after-end: a call after the body was closed",
  );
  assertEquals(
    await lines("end"),
    "start-response/after-end: a call after the end of the body",
  );
});

Deno.test("validator() demands no excInfo back once the response is over", async () => {
  const lines = await findingsIn({
    app: (_environ, startResponse) => {
      startResponse("200 OK", [PLAIN]);
      return {
        *[Symbol.iterator]() {
          yield bytes("x");
        },
        close: () =>
          startResponse("500 Internal Server Error", [PLAIN], new Error("x")),
      };
    },
    server: (app, environ) => {
      const body = app(environ, start);
      for (const _chunk of body);
      body.close();
    },
  });
  assertEquals(lines.map((line) => line.split(":")[0]), [
    "start-response/after-end",
  ]);
});
