import {
  assertEquals,
  assertMatch,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { loadApplication } from "../../cli/load_application.ts";
import { UsageError } from "../../cli/parsed_arguments.ts";
import { TestClient } from "../../test_client/test_client.ts";

const HELLO = `(_environ, startResponse) => {
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  return [new TextEncoder().encode(NAME)];
}`;

/** Writes a module into a folder of its own. */
async function write(source: string, name = "app.js"): Promise<Written> {
  const folder = await Deno.makeTempDir({ prefix: "wsgiref # %41 " });
  await Deno.writeTextFile(`${folder}/${name}`, source);
  return {
    folder,
    path: `${folder}/${name}`,
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

interface Written extends AsyncDisposable {
  readonly folder: string;
  readonly path: string;
}

function application(name: string): string {
  return HELLO.replace("NAME", `"${name}"`);
}

async function refusal(app: string): Promise<[string, string]> {
  const error = await assertRejects(() => loadApplication(app), UsageError);
  return [error.message, error.hint];
}

Deno.test.each<[string, string, string]>([
  ["default", `export default ${application("default")}`, ""],
  [
    "application",
    `export const application = ${application("application")}`,
    "",
  ],
  ["app", `export const app = ${application("app")}`, ""],
  [
    "application",
    `export const app = ${application("app")}\nexport const application = ${
      application("application")
    }`,
    "",
  ],
  ["other", `export const other = ${application("other")}`, ":other"],
  [
    "other",
    `export default ${application("default")}\nexport const other = ${
      application("other")
    }`,
    ":other",
  ],
])("loadApplication() finds the export %s", async (name, source, suffix) => {
  await using written = await write(source);
  const app = await loadApplication(written.path + suffix);
  assertEquals((await new TestClient(app).get("/")).text(), name);
});

Deno.test("loadApplication() accepts a URL and a relative path", async () => {
  const { app } = await import("../../examples/hello.ts");
  const url = import.meta.resolve("../../examples/hello.ts");
  assertStrictEquals(await loadApplication(url), app);
  assertStrictEquals(await loadApplication(`${url}:app`), app);
  assertStrictEquals(await loadApplication("examples/hello.ts"), app);
});

Deno.test("loadApplication() serves the files of a folder", async () => {
  await using written = await write("Hello", "hello.txt");
  const app = await loadApplication(written.folder);
  assertEquals((await new TestClient(app).get("/hello.txt")).text(), "Hello");
});

Deno.test("loadApplication() lists the exports of a module without an application", async () => {
  await using written = await write(
    "export const version = 1; export function make() {}",
  );
  const { path } = written;
  assertEquals(await refusal(path), [
    `Cannot serve ${path}: it exports no application`,
    `It exports make, version: try ${path}:make`,
  ]);
  assertEquals(await refusal(`${path}:version`), [
    `Cannot serve ${path}: its export version must be a function (environ, startResponse), got 1`,
    `It exports make, version: try ${path}:make`,
  ]);
  assertEquals(
    (await refusal(`${path}:nothing`))[0],
    `Cannot serve ${path}: it exports no nothing`,
  );
});

Deno.test("loadApplication() reports a module without exports", async () => {
  await using written = await write("");
  assertEquals(
    (await refusal(written.path))[1],
    "It exports nothing; add export default with the application",
  );
});

Deno.test("loadApplication() runs a module for deno serve", async () => {
  const module = "export default { fetch: () => new Response('fetched') };";
  await using written = await write(module);
  const client = new TestClient(await loadApplication(written.path));
  assertEquals((await client.get("/")).text(), "fetched");
});

Deno.test("loadApplication() suggests similar paths and exports", async () => {
  await using written = await write("export function applikation() {}");
  const { path } = written;
  const folder = path.replace(/app\.js$/, "");
  const hintOf = async (app: string): Promise<string | undefined> =>
    (await refusal(app))[1];
  const meant = `Did you mean ${path}?`;
  assertEquals(await hintOf(path.replace("app.js", "ap.js")), meant);
  assertEquals(await hintOf(path.replace("app.js", "app")), meant);
  assertEquals(
    await hintOf(`${folder.slice(0, -2)}/app.js`),
    `Did you mean ${path}?`,
  );
  assertEquals(
    await hintOf(`${path}:application`),
    `It exports applikation: try ${path}:applikation`,
  );
});

Deno.test("loadApplication() reports a missing file", async () => {
  assertEquals(await refusal("no_such.ts:app"), [
    "Cannot load no_such.ts: there is no such file or folder",
    "Check the path and the current folder",
  ]);
});

Deno.test.each([
  ["page.html", "<h1>Hello</h1>", /^Choose a module, such as app\.ts; /],
  ["page.md", "# Hello", /^Choose a module, such as app\.ts; /],
  ["app.mts", "<h1>Hello</h1>", /^Fix the module/],
])(
  "loadApplication() has a hint about %s",
  async (name, source, hint) => {
    await using written = await write(source, name);
    assertMatch((await refusal(written.path))[1], hint);
  },
);

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
])(
  "loadApplication() shows the place of %s, and no stack",
  async (_, source, expected) => {
    await using written = await write(source);
    const [message] = await refusal(written.path);
    assertMatch(message, expected);
    assertEquals(
      message.match(/^ +at /gm)?.length ?? 0,
      source === "throw null" ? 0 : 1,
    );
  },
);
