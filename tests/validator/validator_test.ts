import {
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { ConformanceError, validator } from "../../mod.ts";
import { caught, start } from "./programs.ts";
import { createEnviron, helloApp } from "./scenario.ts";

const error = new Error("The disk is full");
const fail = (): never => {
  throw error;
};

Deno.test("assertFinished() accepts a call in which the server made a mistake", () => {
  for (const args of [[], [{}], [5, start], [createEnviron(), 5]]) {
    for (const throws of [true, false]) {
      const validated = validator(() => [], { throws, onViolation: () => {} });
      caught(() => Reflect.apply(validated, undefined, args));
      validated.assertFinished();
    }
  }
});

/** Asserts that a validator has requests left open, and says where. */
function assertOpen(app: { assertFinished(): void }, text: string): void {
  const finish = () => app.assertFinished();
  const { violation } = assertThrows(finish, ConformanceError, text);
  assertEquals(violation.rule, "close/never-called");
}

Deno.test("assertFinished() counts open requests with and without throws", async () => {
  const validated = validator(helloApp, { name: "one", throws: false });
  const other = validator(helloApp);
  const first = await validated(createEnviron(), start);
  const second = await validated(createEnviron(), start);
  assertOpen(validated, "got 2 requests left open");
  await first.close?.();
  assertOpen(validated, "1 request left");
  assertOpen(validated, 'seen by "one"');
  other.assertFinished();
  await second.close?.();
  validated.assertFinished();
});

Deno.test("validator() passes on what the server throws", async () => {
  const app = validator(async (...args) => await helloApp(...args));
  const call = async () => await app(createEnviron(), fail);
  assertStrictEquals(await assertRejects(call), error);
});

Deno.test("validator() passes the environ itself to the application, and adds no key", () => {
  const environ = createEnviron();
  const keys = Object.keys(environ);
  let given: unknown;
  const validated = validator((environ, startResponse) => {
    given = environ;
    return helloApp(environ, startResponse);
  });
  validated(environ, start);
  assertStrictEquals(given, environ);
  assertEquals(Object.keys(environ), keys);
});
