import { assert, assertEquals } from "@std/assert";
import { ConformanceError, validator, type Violation } from "../../mod.ts";
import { createEnviron, helloApp, type Loose, runServer } from "./scenario.ts";
import { run, summary, thrown } from "./stack.ts";

Deno.test("validator() lets a finding of an inner layer pass through the outer one once", async () => {
  const error = await thrown({
    app: (_environ, startResponse) => {
      startResponse("401 Unauthorized", []);
      return [];
    },
  });
  assert(error instanceof ConformanceError);
  assertEquals(error.violation.rule, "http/challenge");
  assertEquals(error.violation.blame, "application");
});

Deno.test("validator() throws into middleware that loses excInfo", async () => {
  const error = await thrown({
    app: (_environ, startResponse) => {
      startResponse("200 OK", []);
      startResponse("500 Internal Server Error", [], new Error("no"));
      return [];
    },
    middleware: (app) => (environ, startResponse) =>
      app(
        environ,
        (status: Loose, headers: Loose) => startResponse(status, headers),
      ),
  });
  assert(error instanceof ConformanceError);
  assertEquals(error.violation.rule, "middleware/exc-info-lost");
});

Deno.test("validator() throws from close() where the inner body was left open", async () => {
  const error = await thrown({
    middleware: (app) => (environ, startResponse) => [
      ...app(environ, startResponse),
    ],
  });
  assert(error instanceof ConformanceError);
  assertEquals(error.violation.rule, "middleware/inner-not-closed");
});

Deno.test("validator() throws what middleware threw, and reports what it left open", () => {
  const found: Violation[] = [];
  const onViolation = (violation: Violation): void =>
    void found.push(violation);
  const full = new Error("The disk is full");
  const app = validator((environ, startResponse) => {
    inner(environ, startResponse);
    throw full;
  }, { onViolation });
  const inner = validator(helloApp, { onViolation });
  let error: unknown;
  try {
    app(createEnviron(), () => () => Promise.resolve());
  } catch (caught) {
    error = caught;
  }
  assertEquals(error, full);
  assertEquals(summary(found), ["middleware/inner-not-closed by middleware"]);
});

Deno.test("validator() lets middleware wait for an inner application that it gave up", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  let waiting: Promise<Loose> | undefined;
  const { all } = await run({
    app: async (_environ, _startResponse) => {
      await promise;
      return [];
    },
    innerOptions: { rules: { "start-response/never-called": "off" } },
    middleware: (app) => (environ, startResponse) => {
      waiting = app(environ, () => () => Promise.resolve());
      startResponse("503 Service Unavailable", [["Retry-After", "60"]]);
      return [];
    },
    server: async (app, environ) => {
      await runServer(app, environ);
      resolve();
      (await waiting).close();
    },
  });
  assertEquals(all, []);
});
