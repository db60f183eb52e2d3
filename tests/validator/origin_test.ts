// deno-lint-ignore-file explicit-function-return-type -- deliberate mistakes have no type
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { ConformanceError, validator, type Violation } from "../../mod.ts";
import { TestClient } from "../../test_client/test_client.ts";
import { findDeclaration } from "../../validator/function_source.ts";
import { withHeader } from "./programs.ts";
import { createEnviron, type Loose, runServer } from "./scenario.ts";
import { sourceLines } from "./source_lines.ts";
import { validate } from "./validated.ts";

const HEADERS = [["Content-Type", "text/plain"], ["Content-Length", "5"]];
const lineOf = await sourceLines(import.meta.url);
const bytes = new TextEncoder().encode("Hello");

const wrapped = (app: Loose) =>
  async function shout(environ: Loose, startResponse: Loose) { // middleware
    const chunks: Uint8Array[] = await Array.fromAsync(
      await app(environ, startResponse),
    );
    return [...chunks, ...chunks];
  };
const hello = (_environ: Loose, startResponse: Loose) => {
  startResponse("200 OK", HEADERS); // hello
  return [bytes];
};
const listener = (req: Loose, res: Loose) => res.end(req.url); // listener

/** Returns the error that a test gets if it calls a program with the client. */
async function errorOf(app: Loose): Promise<ConformanceError> {
  const client = new TestClient(app);
  return await assertRejects(() => client.get("/a"), ConformanceError);
}

Deno.test.each<[string, Loose, Violation["application"], string]>([
  [
    "the body",
    (_: Loose, start: Loose) => {
      start("200 OK", HEADERS); // the body
      return "Hello";
    },
    "origin_test.ts",
    "start-response",
  ],
  ["no startResponse", () => [bytes], "origin_test.ts", "definition"], // no startResponse
  ["middleware", wrapped(validator(hello)), "shout", "definition"],
  ["listener", listener, "listener", "definition"],
])(
  "TestClient names the application and its line: %s",
  async (line, app, application, role) => {
    const { violation, message } = await errorOf(app);
    assertEquals([violation.application, violation.place?.role], [
      application,
      role,
    ]);
    assert(lineOf(violation.place).endsWith(`// ${line}`), message);
    assertMatch(lineOf(violation.caller as Loose), /client\.get\(/);
  },
);

Deno.test("TestClient explains the error of a handler of another interface", async () => {
  const error = await errorOf(listener);
  assertEquals(error.violation.rule, "application/other-interface");
  assertInstanceOf(error.cause, TypeError);
  assertStringIncludes(Deno.inspect(error), "[cause]: TypeError");
});

Deno.test("ConformanceError shows each line once", async () => {
  const error = await errorOf(wrapped(validator(hello)));
  const [head, ...frames] = error.stack!.split("\n");
  assertEquals(head, `ConformanceError: ${error.violation.message}`);
  assertEquals(frames.filter((line) => !line.startsWith("    at ")), []);
  const shown = [`ConformanceError: ${error.message}`, ...frames];
  assertEquals(Deno.inspect(error), shown.join("\n"));
});

Deno.test("validator() gives every finding a line, however many there are", async () => {
  const wrong = withHeader("Connection", "close").app!;
  const { app, violations } = validate(wrong, { throws: false });
  for (let i = 0; i < 100; i++) await runServer(app, createEnviron());
  assert(violations.length >= 100);
  assertEquals(violations.filter(({ place }) => place === undefined), []);
});

Deno.test.each<[string, (environ: Loose) => unknown, unknown]>([
  ["input/after-close", (it) => it["wsgi.input"].read(5), new Uint8Array()],
  ["input/after-close", (it) => it["wsgi.input"].readlines(), []],
  ["input/arguments", (it) => it["wsgi.input"].read("5"), new Uint8Array()],
  ["input/member", (it) => it["wsgi.input"].json(), undefined],
  ["errors/write", (it) => it["wsgi.errors"].write(5), undefined],
  ["errors/member", (it) => it["wsgi.errors"].log(5), undefined],
  ["file-wrapper/readable", (it) => it["wsgi.file_wrapper"](5), []],
])(
  "validator() reports %s after the response, and throws nothing",
  async (rule, use, result) => {
    const { app, found } = validate(hello);
    const environ = createEnviron();
    Object.assign(environ, { "wsgi.file_wrapper": () => assert(false) });
    await runServer(app, environ);
    assertEquals(await use(environ), result);
    assertEquals(found.slice(0, 1), [rule]);
  },
);

Deno.test.each<[string, string, number | undefined]>([
  ["app();\nclass app {}", "app", 2],
  ["app();\nexport async function* app() {}", "app", 2],
  ["let app;\nexport const app: Application = make();", "app", 2],
  ["const my = {\n  async app(environ) {},\n}", "app", 2],
  ["const application = 1; let app;", "app", undefined],
  ["export default () => []", "", undefined],
])("findDeclaration() finds what declares a name: %j", (text, name, line) => {
  assertEquals(findDeclaration(text, name)?.line, line);
});
