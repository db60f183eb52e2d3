// deno-lint-ignore-file explicit-function-return-type -- what is wrong on purpose has no type
import { assertEquals } from "@std/assert";
import { type Application, validator, type Violation } from "../../mod.ts";
import { createEnviron, helloApp, type Loose, runServer } from "./scenario.ts";
import { run, summary } from "./stack.ts";

Deno.test("validator() links layers through a copy of the environ", async () => {
  const { all } = await run({
    middleware: (app) => (environ, startResponse) =>
      app({ ...environ }, startResponse),
    app: (_environ, startResponse) => {
      startResponse("401 Unauthorized", []);
      return [];
    },
  });
  assertEquals(summary(all), ["http/challenge by application"]);
});

Deno.test("validator() does not link requests that use an environ one after the other", async () => {
  const found: Violation[] = [];
  const onViolation = (violation: Violation): void =>
    void found.push(violation);
  const first = validator(helloApp, { name: "first", onViolation });
  const second = validator(helloApp, {
    name: "second",
    onViolation,
    throws: false,
  });
  const environ = createEnviron();
  await runServer(first, environ);
  Reflect.deleteProperty(environ, "REQUEST_METHOD");
  await runServer(second, environ);
  const mine = found.filter(({ rule }) => rule !== "environ/reused");
  assertEquals(mine.map(({ blame }) => blame), ["server"]);
});

Deno.test("validator() allows middleware to call its application again", async () => {
  const again =
    (app: Loose) => async (environ: Loose, startResponse: Loose) => {
      let status = "";
      const body = app(environ, (first: string) => {
        status = first;
        return () => Promise.resolve();
      });
      const iterator = body[Symbol.asyncIterator]();
      await iterator.next();
      await iterator.return();
      await body.close();
      assertEquals(status, "200 OK");
      return app(environ, startResponse);
    };
  const { all } = await run({
    middleware: again,
    app: async function* (environ, startResponse) {
      startResponse("200 OK", [["Content-Type", "text/plain"]]);
      yield await environ["wsgi.input"].read(5);
      environ["wsgi.errors"].write("Hello\n");
      yield new Uint8Array(1);
    },
  });
  assertEquals(all, []);
});

Deno.test("validator() still knows its outer layer when it is called again", async () => {
  const { all, inner } = await run({
    middleware: (app) => (environ, startResponse) => {
      app(environ, () => () => Promise.resolve()).close();
      delete environ.SERVER_PROTOCOL;
      return app(environ, startResponse);
    },
  });
  assertEquals(all.map(({ blame }) => blame), ["middleware"]);
  assertEquals(inner, all);
});

Deno.test("validator() checks a second try as the first", async () => {
  const { all } = await run({
    middleware: (app) => (environ, startResponse) => {
      app(environ, () => () => Promise.resolve()).close();
      return app(environ, startResponse);
    },
    app: (environ, startResponse) => {
      environ["wsgi.errors"].write(5);
      startResponse("200 OK", []);
      return [];
    },
    environ: (environ) => {
      environ["wsgi.errors"] = {
        write: () => {},
        writelines: () => {},
        flush: () => {},
      };
    },
  });
  assertEquals(summary(all), [
    "errors/write by application",
    "errors/write by application",
  ]);
});

Deno.test("validator() may be called by its own application", async () => {
  const found: Violation[] = [];
  const onViolation = (violation: Violation): void =>
    void found.push(violation);
  const app: Application = validator((environ, startResponse) => {
    if (environ.PATH_INFO !== "/old") return helloApp(environ, startResponse);
    return app({ ...environ, PATH_INFO: "/new" }, startResponse);
  }, { onViolation, throws: false });
  const environ = createEnviron();
  environ.PATH_INFO = "/old";
  await runServer(app, environ);
  assertEquals(found, []);
});

Deno.test("validator() takes no notice of what another copy of it has left", async () => {
  const environ = createEnviron();
  Reflect.set(environ, Symbol.for("wsgiref.validator"), { isOver: false });
  const found: Violation[] = [];
  const app = validator(helloApp, {
    throws: false,
    onViolation: (violation) => void found.push(violation),
  });
  await runServer(app, environ);
  assertEquals(found, []);
});
