import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  answer,
  start,
  withBody,
  withChunk,
  withHeader,
  withHeaders,
  withStart,
  withVariables,
} from "./programs.ts";
import { calling } from "./input_apps.ts";
import { type Loose, runScenario, type Scenario } from "./scenario.ts";

/** Everything about a value that a message could use, but must not call. */
function hostile(calls: string[]): object {
  const called = (name: string) => (): never => {
    calls.push(name);
    throw new Error(`Called ${name}`);
  };
  const inspect = Symbol.for("nodejs.util.inspect.custom");
  const methods = ["toString", "valueOf", "toJSON", Symbol.toPrimitive];
  methods.push(Symbol.for("Deno.customInspect"), inspect);
  const names = "constructor name message stack length size fetch next body";
  const getters = [...names.split(" "), Symbol.toStringTag];
  const value = {};
  for (const key of methods) {
    Object.defineProperty(value, key, { value: called(String(key)) });
  }
  for (const key of getters) {
    Object.defineProperty(value, key, { get: called(String(key)) });
  }
  return value;
}

const PLACES: Record<string, (value: unknown) => Scenario> = {
  "as the status": (value) => answer(value, []),
  "as the headers": withHeaders,
  "as a header": (value) => withHeaders([value]),
  "as the name of a header": (value) => withHeader(value, "a"),
  "as the value of a header": (value) => withHeader("X-A", value),
  "as excInfo": (value) =>
    withStart((startResponse) => {
      startResponse("200 OK", []);
      startResponse("500 Internal Server Error", [], value);
    }),
  "to write()": (value) =>
    withStart((startResponse) => startResponse("200 OK", [])(value)),
  "as the body": (value) => withBody(() => value),
  "as a chunk": (value) => withBody(() => [value]),
  "as a yielded chunk": (value) => withChunk(() => value),
  "as a size": (value) => calling((input) => input.read(value)),
  "to wsgi.errors": (value) => writing(value, () => {}),
  "as an error of wsgi.errors": (value) =>
    writing("text", () => {
      throw value;
    }),
  "as a result of wsgi.input": (value) =>
    calling((input) => input.read(), [value]),
  "as a variable": (value) => withVariables({ REMOTE_USER: value }),
  "as wsgi.input": (value) => withVariables({ "wsgi.input": value }),
  "as wsgi.version": (value) => withVariables({ "wsgi.version": value }),
  "as the application": (value) => ({
    validate: (validator) => validator(value),
  }),
  "as the environ": (value) => ({ server: (app) => app(value, start) }),
  "as startResponse": (value) => ({
    server: (app, environ) => app(environ, value),
  }),
  "as write()": (value) => ({
    server: (app, environ) => app(environ, () => value),
  }),
};

/** An application that writes to a wsgi.errors with another write(). */
function writing(text: unknown, write: (text: unknown) => void): Scenario {
  return {
    app: (environ, startResponse) => {
      environ["wsgi.errors"].write(text);
      startResponse("200 OK", []);
      return [];
    },
    environ: (environ) => {
      environ["wsgi.errors"].write = write;
    },
  };
}

/** A server that calls the application, and does not read the body. */
const indifferent = (app: Loose, environ: Loose): unknown =>
  app(environ, start);

/** Runs a program, which may fail, and returns what it throws. */
function errorOf(scenario: Scenario): Promise<unknown> {
  const whole = { server: indifferent, ...scenario };
  return runScenario(whole, { profile: "paranoid" })
    .then(() => undefined, (error: unknown) => error);
}

Deno.test.each(Object.entries(PLACES))(
  "validator() calls no function of a value %s",
  async (_place, toScenario) => {
    const calls: string[] = [];
    const value = hostile(calls);
    const error = await errorOf(toScenario(value));
    if (error === value) return;
    if (error instanceof Error) assert(!error.message.startsWith("Called"));
    assertEquals(calls, []);
  },
);

Deno.test.each(Object.entries(PLACES))(
  "validator() survives a proxy that throws %s",
  async (_place, toScenario) => {
    const handler = new Proxy({}, {
      get: (_target, trap) => () => {
        throw new Error(`Trapped ${String(trap)}`);
      },
    });
    const error = await errorOf(toScenario(new Proxy({}, handler)));
    // The traps, or the server's own stream.
    const expected = /^Trapped|is not a function|^Cannot read/;
    if (error !== undefined) assertMatch((error as Error).message, expected);
  },
);
