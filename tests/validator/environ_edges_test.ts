import { assertEquals, assertThrows } from "@std/assert";
import { runInNewContext } from "node:vm";
import { findEnvironHints } from "../../validator/views/environ_hints.ts";
import { isPlainObject } from "../../validator/views/environ_view.ts";
import { ValidatorContext } from "../../validator/context.ts";
import { validator } from "../../mod.ts";
import {
  createEnviron,
  helloApp,
  type Loose,
  runScenario,
} from "./scenario.ts";
import { withVariables } from "./fixtures/shorthands.ts";
import { findingsIn, PLAIN, start } from "./requests.ts";

Deno.test.each<[string, Record<string, unknown>, string[]]>([
  ["text in a short path", {
    PATH_INFO: "/\xe9",
    REQUEST_URI: "/%C3%A9",
  }, ['environ/path-decoded: "/é", which is text']],
  ["a target that cannot be decoded", {
    PATH_INFO: "/xy",
    REQUEST_URI: "/a%zz",
  }, []],
  ["a lone question mark for a path", {
    SCRIPT_NAME: "/a",
    PATH_INFO: "?",
    REQUEST_URI: "/a?",
  }, ['environ/path-info: "?"']],
  ["a question mark in the script alone", {
    SCRIPT_NAME: "/a?b",
    PATH_INFO: "/c",
    REQUEST_URI: "/a?b/c",
  }, []],
  ["a variable without a name", { "": "x" }, ['environ/key-name: ""']],
  ["a variable in small letters", { small: "x" }, ["environ/key-name: small"]],
  ["a reserved variable that is no text", { "wsgi.unknown": 5 }, [
    "environ/reserved-prefix: wsgi.unknown",
  ]],
  ["a checked request that is none", {
    [Symbol.for("wsgiref.validator") as never]: null,
  }, []],
])(
  "validator() judges these variables, too: %s",
  async (_what, variables, expected) => {
    // Called by nobody who catches what a check throws.
    const server = (app: Loose, environ: Loose) => app(environ, start).close();
    assertEquals(
      await findingsIn({ ...withVariables(variables), server }),
      expected,
    );
  },
);

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

Deno.test("validator() does not judge the properties of an environ that is none", async () => {
  class Environ {}
  const odd = (object: object) =>
    Object.defineProperty(object, "ODD", { value: "x" });
  const idsOf = async (environ: (environ: Loose) => Loose) =>
    (await findingsIn({
      environ,
      server: (app, environ) => {
        try {
          app(environ, start).close();
        } catch {
          // The application cannot use it.
        }
      },
    })).map((line) => line.split(":")[0]);
  assertEquals(await idsOf((environ) => odd(environ)), [
    "environ/data-property",
  ]);
  const wrong = await idsOf((environ) => {
    const { QUERY_STRING: _query, ...others } = environ;
    return odd(Object.assign(new Environ(), others));
  });
  assertEquals(wrong, ["environ/plain-object"]);
  const callable = await idsOf((environ) =>
    Object.assign(() => {}, environ, { REQUEST_METHOD: "get it" })
  );
  assertEquals(callable, ["environ/plain-object"]);
  const frozen = await idsOf((environ) => Object.freeze(environ));
  assertEquals(frozen, ["environ/frozen"]);
});

Deno.test("isPlainObject() knows the objects of another realm, and no look-alike", () => {
  assertEquals(isPlainObject(runInNewContext("({})")), true);
  assertEquals(isPlainObject(runInNewContext("[]")), false);
  assertEquals(isPlainObject(Object.create(Object.create(null))), false);
  const inherited = Object.create({ hasOwnProperty: () => true });
  assertEquals(isPlainObject(inherited), false);
});

Deno.test("validator() counts the arguments of a call before it looks at them", async () => {
  const call = async (...args: unknown[]) =>
    (await findingsIn({
      server: (app) => {
        try {
          Reflect.apply(app, undefined, args);
        } catch {
          // The application cannot do without them.
        }
      },
    }))[0];
  const both = { startResponse: () => {} };
  assertEquals(
    await call(both),
    "application/arguments: one object with both in it",
  );
  assertEquals(
    await call(both, start, 1),
    "application/arguments: 3 arguments",
  );
  assertEquals(await call("text"), "application/arguments: 1 argument");
});

Deno.test("validator() leaves streams alone that are none", async () => {
  const seen: unknown[] = [];
  await runScenario({
    environ: () => ({
      ...createEnviron(),
      "wsgi.input": "input",
      "wsgi.errors": "errors",
    }),
    app: (environ, startResponse) => {
      seen.push(environ["wsgi.input"], environ["wsgi.errors"]);
      startResponse("200 OK", [PLAIN]);
      return [];
    },
    server: (app, environ) => app(environ, start).close(),
  });
  assertEquals(seen, ["input", "errors"]);
});

Deno.test("findEnvironHints() takes a variable without a name for one with a wrong name", () => {
  assertEquals(findEnvironHints({ "": "x" })?.name, "");
  assertEquals(findEnvironHints({ A: "x" }), undefined);
});

Deno.test("ValidatorContext says where it is if it has a name", () => {
  assertEquals(new ValidatorContext({}, []).where, "");
  assertEquals(
    new ValidatorContext({ name: "blog" }, []).where,
    ', seen by "blog"',
  );
  assertEquals(new ValidatorContext({}, []).watchesGarbage, false);
  assertEquals(
    new ValidatorContext({ profile: "paranoid" }, []).watchesGarbage,
    true,
  );
});

Deno.test("validator() lets wsgi.input get members of other streams", async () => {
  let calls = 0;
  await findingsIn({
    app: (environ, startResponse) => {
      // A middleware may watch a stream this way.
      environ["wsgi.input"].on = () => calls++;
      environ["wsgi.input"].on();
      startResponse("200 OK", [PLAIN]);
      return [];
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
