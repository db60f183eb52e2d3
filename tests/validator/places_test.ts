// deno-lint-ignore-file explicit-function-return-type -- deliberate mistakes have no type
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { ConformanceError, validator } from "../../mod.ts";
import { TestClient } from "../../test_client/test_client.ts";
import {
  findDeclaration,
  findFunction,
} from "../../validator/function_source.ts";
import { cutOwnFrames, readFrames } from "../../wsgi/source_place.ts";
import { start, withHeader } from "./programs.ts";
import {
  createEnviron,
  helloApp,
  type Loose,
  runServer,
  stderrOf,
} from "./scenario.ts";
import { validate } from "./validated.ts";

const HEADERS = [["Content-Type", "text/plain"]];
const SIZED = [...HEADERS, ["Content-Length", "5"]];
const LINES = (await Deno.readTextFile(new URL(import.meta.url))).split("\n");
const bytes = new TextEncoder().encode("Hello");

/** Returns the line of this file that a finding names. */
function lineOf(place?: { file: string; line: number }): string {
  assertEquals(place?.file, import.meta.url);
  return LINES[place!.line - 1] ?? "";
}

/** The error of one request to `/shop/cart`, sent as in a test. */
function errorOf(app: Loose): Promise<ConformanceError> {
  const validated = validator(app);
  const environ = createEnviron();
  Object.assign(environ, { SCRIPT_NAME: "/shop", PATH_INFO: "/cart" });
  return assertRejects(async () => {
    const body = await validated(environ, start); // the test calls
    for await (const _chunk of body);
  }, ConformanceError);
}

const MISTAKES: Record<string, Loose> = {
  string: (_environ: Loose, startResponse: Loose) => {
    startResponse("200 OK", HEADERS); // string
    return "Hello";
  },
  nothing: async function nothing(_environ: Loose, startResponse: Loose) {
    await Promise.resolve();
    startResponse("200 OK", HEADERS); // nothing
  },
  generator: function* generator(_environ: Loose, startResponse: Loose): Loose {
    startResponse("200 OK", HEADERS); // generator
    yield bytes;
    yield "text";
  },
  response: (_environ: Loose, _response: Loose) =>
    // response
    new Response("Hello"),
  headers: (_environ: Loose, startResponse: Loose) => {
    startResponse("200 OK", { "Content-Type": "text/plain" }); // headers
    return [bytes];
  },
  status: (_environ: Loose, startResponse: Loose) => {
    startResponse(200, HEADERS); // status
  },
  write: (_environ: Loose, startResponse: Loose) => {
    const write = startResponse("200 OK", HEADERS);
    write("Hello"); // write
  },
  input: async (environ: Loose) => {
    await environ["wsgi.input"].read("5"); // input
  },
  close: (environ: Loose) => {
    environ["wsgi.input"].close(); // close
  },
  errors: (environ: Loose) => {
    environ["wsgi.errors"].write(5); // errors
  },
};

for (const [name, app] of Object.entries(MISTAKES)) {
  Deno.test(`ConformanceError names the application, the request and a line: ${name}`, async () => {
    const error = await errorOf(app);
    const { application, request, place, caller } = error.violation;
    assertEquals([application, request], [name, "GET /shop/cart"]);
    assertMatch(lineOf(place), new RegExp(` // ${name}$|^  ${name}[:(]`));
    assertStringIncludes(lineOf(caller), "// the test calls");
    const { file, line, column } = place!;
    assertStringIncludes(error.message, `GET /shop/cart of ${name}`);
    assertStringIncludes(error.message, `at:   ${file}:${line}:${column}`);
    const frames = readFrames(error.stack ?? "");
    assertEquals(lineOf(frames[0]), lineOf(place));
    const own = new URL("../../validator/", import.meta.url).href;
    assertEquals(frames.filter(({ file }) => file.startsWith(own)), []);
  });
}

Deno.test("ConformanceError has a stack that starts at a wrong call of the server", () => {
  const app = validator(helloApp);
  const { stack = "" } = assertThrows(() => {
    app({ ...createEnviron(), SERVER_PORT: 5 } as Loose, start); // called
  }, ConformanceError);
  assertStringIncludes(lineOf(readFrames(stack)[0]), "// called");
});

Deno.test("ConformanceError says which chunk it is about", async () => {
  const { violation, message } = await errorOf(MISTAKES.generator);
  assertEquals(violation.chunk, { via: "body", index: 1, size: 4 });
  assertStringIncludes(message, ", the chunk with index 1, of length 4\n");
  const write = (_environ: Loose, startResponse: Loose) => {
    const write = startResponse("200 OK", [...HEADERS, [
      "Content-Length",
      "1",
    ]]);
    write(bytes.subarray(0, 1));
    write(bytes);
  };
  const written = (await errorOf(write)).violation;
  assertEquals(written.chunk, { via: "write", index: 1, size: 5 });
});

Deno.test("Violation.place is set even when stacks are no longer captured", async () => {
  let isBroken = false;
  const { app, violations } = validate((_environ, startResponse) => { // app
    startResponse("200 OK", HEADERS);
    return isBroken ? "Hello" : [bytes];
  });
  const call = () => runServer(app, createEnviron()).catch(() => {});
  for (let i = 0; i < 200; i++) await call();
  isBroken = true;
  await call();
  await call();
  assertEquals(violations.map(({ place }) => place?.role), [
    "definition",
    "start-response",
  ]);
  assertStringIncludes(lineOf(violations[0]?.place), "// app");
});

Deno.test("validator() reports a startResponse from a callback that comes too late, and throws nothing", async () => {
  const calls = Promise.withResolvers<void>();
  const app: Loose = validator((_environ: Loose, startResponse: Loose) => {
    Promise.resolve().then(async () => {
      await Promise.resolve();
      const write = startResponse("200 OK", HEADERS); // late
      await write(bytes);
      calls.resolve();
    });
    return [];
  });
  const text = await stderrOf(async () => {
    await runServer(app, createEnviron()).catch(() => {});
    await calls.promise;
  });
  assertMatch(text, /start-response\/after-end[^]*Is an await missing\?/);
  const line = LINES.findIndex((line) => line.endsWith("// late")) + 1;
  assertStringIncludes(text, `places_test.ts:${line}:`);
});

Deno.test("validator() names the line of its call if its argument is not an application", () => {
  const wrong: Loose = { fetch: () => new Response() };
  const error = assertThrows(() => {
    validator(wrong); // made
  }, ConformanceError);
  assertStringIncludes(lineOf(error.violation.place), "// made");
  assertStringIncludes(error.message, "fromFetchHandler(app)");
});

const wrapped = (app: Loose) =>
  async function shout(environ: Loose, startResponse: Loose) { // middleware
    const chunks: Uint8Array[] = await Array.fromAsync(
      await app(environ, startResponse),
    );
    return [...chunks, ...chunks];
  };
const hello = (_environ: Loose, startResponse: Loose) => {
  startResponse("200 OK", SIZED); // hello
  return [bytes];
};
const listener = (req: Loose, res: Loose) => res.end(req.url); // listener

/** Returns the error that a test gets if it calls a program with the client. */
async function clientErrorOf(app: Loose): Promise<ConformanceError> {
  const client = new TestClient(app);
  return await assertRejects(() => client.get("/a"), ConformanceError);
}

Deno.test.each<[string, string, string, Loose]>([
  ["the body", "places_test.ts", "start-response", (_: Loose, start: Loose) => {
    start("200 OK", SIZED); // the body
    return "Hello";
  }],
  ["no startResponse", "places_test.ts", "definition", () => [bytes]], // no startResponse
  ["middleware", "shout", "definition", wrapped(validator(hello))],
  ["listener", "listener", "definition", listener],
])(
  "TestClient names the application and its line: %s",
  async (line, application, role, app) => {
    const { violation, message } = await clientErrorOf(app);
    assertEquals([violation.application, violation.place?.role], [
      application,
      role,
    ]);
    assert(lineOf(violation.place).endsWith(`// ${line}`), message);
    assertMatch(lineOf(violation.caller as Loose), /client\.get\(/);
  },
);

Deno.test("TestClient explains the error of a handler of another interface", async () => {
  const error = await clientErrorOf(listener);
  assertEquals(error.violation.rule, "application/other-interface");
  assertInstanceOf(error.cause, TypeError);
  assertStringIncludes(Deno.inspect(error), "[cause]: TypeError");
});

Deno.test("ConformanceError shows each line once", async () => {
  const error = await clientErrorOf(wrapped(validator(hello)));
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

Deno.test("findFunction() recognizes a function by its source", () => {
  const typed =
    "function other(environ, startResponse) {}\n\nexport default (\n  environ: Environ,\n  startResponse: StartResponse,\n): string[] => {\n  const a: number = 1; // one\n  return [b];\n}";
  const source = "(environ, startResponse)=>{ const a = 1; return [b]; }";
  assertEquals(findFunction(typed, source, "app"), { line: 4, column: 3 });
  const two = "const a = (x, y) => [x, y];\nconst app = (x, y) => [x, y];";
  const named = findFunction(two, "(x, y)=>[x, y]", "app");
  assertEquals(named, { line: 2, column: 14 });
  assertEquals(findFunction("a b c d", "(a, d) => e", "a"), undefined);
  assertEquals(findFunction("x", "() => x", ""), undefined);
});

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

Deno.test("cutOwnFrames() keeps the frames of programs, the runtime and dependencies", () => {
  const frames = [
    "Error: x",
    `    at check (${new URL(
      "../../validator/findings.ts",
      import.meta.url,
    )}:1:2)`,
    `    at async serve (${new URL("../../server.ts", import.meta.url)}:1:2)`,
    `    at ${import.meta.url}:3:4`,
    "    at async Object.fn (ext:cli/40_test.js:1:2)",
    "    at handle (https://jsr.io/@x/y/1.0.0/mod.ts:5:6)",
    "    at Array.map (<anonymous>)",
  ];
  assertEquals(
    cutOwnFrames(frames.join("\n")).split("\n"),
    frames.filter((_, i) => i !== 1 && i !== 2),
  );
});
