import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { loadApplication } from "../../cli/load_application.ts";
import { UsageError } from "../../cli/parsed_arguments.ts";
import { TestClient } from "../../test_client/test_client.ts";

/** Writes a module into a folder of its own. */
const write = async (source: string, name = "app.js") => {
  const folder = await Deno.makeTempDir({ prefix: "wsgiref # %41 " });
  const path = `${folder}/${name}`;
  await Deno.writeTextFile(path, source);
  const remove = () => Deno.remove(folder, { recursive: true });
  return { folder, path, [Symbol.asyncDispose]: remove };
};

/** The source of an application that responds with its name. */
function application(name: string): string {
  return `(_environ, startResponse) => {
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  return [new TextEncoder().encode("${name}")];
}`;
}

async function refusal(app: string): Promise<[string, string]> {
  const error = await assertRejects(() => loadApplication(app), UsageError);
  return [error.message, error.hint];
}

Deno.test.each([
  ["default", ["default"], ""],
  ["application", ["application"], ""],
  ["app", ["app"], ""],
  ["application", ["app", "application"], ""],
  ["other", ["other"], ":other"],
  ["other", ["default", "other"], ":other"],
])("loadApplication() finds %s among the exports %j", async (...row) => {
  const [name, exports, suffix] = row;
  const lines = exports.map((name) =>
    name === "default"
      ? `export default ${application(name)};`
      : `export const ${name} = ${application(name)};`
  );
  await using written = await write(lines.join("\n"));
  const app = await loadApplication(written.path + suffix);
  assertEquals((await new TestClient(app).get("/")).text(), name);
});

Deno.test("loadApplication() accepts a URL and a relative path", async () => {
  const { app } = await import("../../examples/hello.ts");
  const url = import.meta.resolve("../../examples/hello.ts");
  for (const name of [url, `${url}:app`, "examples/hello.ts"]) {
    assert(await loadApplication(name) === app);
  }
});

Deno.test("loadApplication() serves a folder, and a module for deno serve", async () => {
  await using folder = await write("Hello", "hello.txt");
  const files = await loadApplication(folder.folder);
  assertEquals((await new TestClient(files).get("/hello.txt")).text(), "Hello");
  const module = "export default { fetch: () => new Response('fetched') };";
  await using written = await write(module);
  const app = await loadApplication(written.path);
  assertEquals((await new TestClient(app).get("/")).text(), "fetched");
});

Deno.test("loadApplication() lists the exports of a module without an application", async () => {
  await using empty = await write("");
  const [, hint] = await refusal(empty.path);
  const nothing = "It exports nothing; add export default with the application";
  assertEquals(hint, nothing);
  const source = "export const version = 1; export function make() {}";
  await using written = await write(source);
  const { path } = written;
  const others = `It exports make, version: try ${path}:make`;
  const problems = {
    "": "it exports no application",
    ":version":
      "its export version must be a function (environ, startResponse), got 1",
    ":nothing": "it exports no nothing",
  };
  for (const [suffix, problem] of Object.entries(problems)) {
    const message = `Cannot serve ${path}: ${problem}`;
    assertEquals(await refusal(path + suffix), [message, others]);
  }
});

Deno.test("loadApplication() suggests similar paths and exports", async () => {
  await using written = await write("export function applikation() {}");
  const { path, folder } = written;
  const near = ["/ap.js", "/app"].map((name) => folder + name)
    .concat(`${folder.slice(0, -1)}/app.js`);
  for (const name of near) {
    assertEquals((await refusal(name))[1], `Did you mean ${path}?`);
  }
  const [, hint] = await refusal(`${path}:application`);
  assertEquals(hint, `It exports applikation: try ${path}:applikation`);
  assertEquals(await refusal("no_such.ts:app"), [
    "Cannot load no_such.ts: the file or folder does not exist",
    "Check the path and the current folder",
  ]);
});

Deno.test.each([
  ["page.html", "<h1>Hello</h1>", /^Choose a module, such as app\.ts; /],
  ["page.md", "# Hello", /^Choose a module, such as app\.ts; /],
  ["app.mts", "<h1>Hello</h1>", /^Fix the module/],
])("loadApplication() gives a hint about %s", async (name, source, hint) => {
  await using written = await write(source, name);
  assertMatch((await refusal(written.path))[1], hint);
});

Deno.test.each<[string, string, RegExp]>([
  [
    "a module that throws",
    "\nnull.x;",
    /^Cannot load .*: it throws TypeError: .*\n +at file:.*app\.js:2:6$/,
  ],
  ["a module that throws null", "throw null", /it throws null$/],
  ["a syntax error", "\n const = 1", /SyntaxError: .*at file:.*app\.js:2:8$/s],
  [
    "a missing import",
    'import "./none.js";',
    /: Module not found ".*none\.js".*\n +at file:.*app\.js:1:8$/s,
  ],
])("loadApplication() shows the place of the error of %s", async (...row) => {
  const [, source, expected] = row;
  await using written = await write(source);
  const [message] = await refusal(written.path);
  assertMatch(message, expected);
  const places = message.match(/^ +at /gm)?.length ?? 0;
  assertEquals(places, source === "throw null" ? 0 : 1);
});
