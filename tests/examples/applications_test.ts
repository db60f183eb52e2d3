// Applications among the examples, without a program.

import { assertEquals, assertMatch } from "@std/assert";
import { app as download } from "../../examples/download.ts";
import { app as echo } from "../../examples/echo.ts";
import { app as events } from "../../examples/events.ts";
import { app as framework } from "../../examples/framework.ts";
import { app as hono } from "../../examples/hono.ts";
import { app as ownHeaders } from "../../examples/own_headers.ts";
import { site } from "../../examples/site.ts";
import { app as streaming } from "../../examples/streaming.ts";
import { app as upload } from "../../examples/upload.ts";
import { type Application, setupTestingDefaults } from "../../mod.ts";
import { type Content, Tree } from "../static_files/static_tree.ts";
import { TestClient } from "../../test_client/test_client.ts";

// site.ts -------------------------------------------------------------------------

const MODULE = `export const application = (_environ, startResponse) => {
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  return [new TextEncoder().encode("loaded")];
};`;

const SECRET = "throw new Error('ran');";

/** A site, next to which there are modules that must not be loaded. */
const SITE: Content = {
  "index.html": "<h1>Index</h1>\n",
  "more/a#b%20é.ts": MODULE,
  "none.ts": "export const other = 1;\n",
  "text.txt": MODULE,
  "../secret.ts": SECRET,
  "../root2/secret.ts": SECRET,
  "link.ts": { link: "../secret.ts" },
  "up": { link: ".." },
  "text.ts": { link: "text.txt" },
};

const clientOf = ({ root }: Tree) =>
  new TestClient(site(root), { throws: false });

Deno.test("site.ts loads a module whose name must be escaped in a URL", async () => {
  await using tree = await Tree.make(SITE);
  const response = await clientOf(tree).get("/more/a%23b%2520%C3%A9.ts");
  assertEquals([response.status, response.text()], [200, "loaded"]);
});

Deno.test.each([
  ["a climbing path", "/../secret.ts"],
  ["a climb from within", "/more/../../secret.ts"],
  ["a folder whose name begins alike", "/../root2/secret.ts"],
  ["a link to a module outside", "/link.ts"],
  ["a folder that is a link", "/up/secret.ts"],
  ["a link to what is no module", "/text.ts"],
  ["a module without an application", "/none.ts"],
  ["a module that is not there", "/missing.ts"],
  ["a path through a file", "/index.html/x.ts"],
  ["a path with a NUL", "/a\0.ts"],
  ["a name that is too long", `/${"a".repeat(5000)}.ts`],
  ["a page that is not there", "/missing.html"],
])("site.ts answers %s with 404", async (_what, PATH_INFO) => {
  await using tree = await Tree.make(SITE);
  // Without URL, which would normalize the path.
  const { status } = await clientOf(tree).get("/", { environ: { PATH_INFO } });
  assertEquals(status, 404);
  assertEquals((await clientOf(tree).get("/")).text(), "<h1>Index</h1>\n");
});

Deno.test("site.ts shows nothing but its maintenance page while there is one", async () => {
  await using tree = await Tree.make(SITE);
  const page = "<h1>Back soon</h1>\n";
  await Deno.writeTextFile(`${tree.root}/maintenance.html`, page);
  for (const target of ["/", "/more/a%23b%2520%C3%A9.ts", "/missing"]) {
    const response = await clientOf(tree).get(target);
    assertEquals([response.status, response.text()], [503, page]);
    assertEquals(response.header("Content-Type"), "text/html; charset=utf-8");
  }
  await Deno.remove(`${tree.root}/maintenance.html`);
  assertEquals((await clientOf(tree).get("/")).status, 200);
});

// Other applications --------------------------------------------------------------

Deno.test.each([
  ["/mytime", 200, /^It is [0-9]{4}-.*Z\n$/],
  ["/mytime?zone=utc", 200, /^It is /],
  ["/mynews", 200, /^News of today\n$/],
  ["/mynews/42", 200, /^News of 42\n$/],
  ["/mynews/abc", 404, /^Page not found\.\n$/],
  ["/mytimes", 404, /^Page not found\.\n$/],
  ["/static/index.html", 200, /<h1>A site<\/h1>/],
  ["/static/missing", 404, /^404 Not Found\n$/],
])("framework.ts answers %s with %d", async (target, status, page) => {
  const response = await new TestClient(framework).get(target);
  assertEquals(response.status, status);
  assertMatch(response.text(), page);
});

Deno.test("own_headers.ts sends no control character of the path back", async () => {
  const response = await new TestClient(ownHeaders).get("/a%0D%0AX-Evil:%201");
  assertEquals(response.header("X-Path"), "/a%0D%0AX-Evil:%201");
  assertEquals(response.header("X-Evil"), undefined);
});

Deno.test("hono.ts breaks no rule", async () => {
  const client = new TestClient(hono, { validate: { profile: "paranoid" } });
  for (const method of ["GET", "HEAD", "OPTIONS"]) {
    const response = await client.request(method, "/hello/Ada");
    assertEquals(response.status, method === "OPTIONS" ? 404 : 200);
    assertEquals(response.violations, []);
  }
});

Deno.test("echo.ts answers 400 to a body that was cut short", async () => {
  const client = new TestClient(echo, { throws: false });
  const headers = { "Content-Length": "10" };
  const response = await client.post("/", { headers, body: "Hello" });
  assertEquals(response.status, 400);
});

Deno.test.each<[string, Application, Record<string, string>]>([
  ["streaming.ts", streaming, {}],
  ["events.ts", events, { SCRIPT_NAME: "", PATH_INFO: "/events" }],
])("%s leaves no timer behind when its client leaves", async (_, app, more) => {
  const environ = setupTestingDefaults(more);
  const body = await app(environ, () => () => Promise.resolve());
  const iterator = (body as AsyncIterable<unknown>)[Symbol.asyncIterator]();
  await iterator.next();
  // It waits for the next chunk. The sanitizer finds a timer that is left.
  iterator.next();
  await Promise.resolve();
  await body.close?.();
});

Deno.test("events.ts ends after ten events, a second apart", async () => {
  const pauses: (number | undefined)[] = [];
  const { setTimeout } = globalThis;
  const replaced = (run: () => void, pause?: number): unknown => {
    pauses.push(pause);
    return setTimeout(run, 0);
  };
  globalThis.setTimeout = replaced as typeof setTimeout;
  try {
    const response = await new TestClient(events).get("/events");
    assertEquals(response.header("Content-Type"), "text/event-stream");
    assertEquals(response.header("Cache-Control"), "no-store");
    assertEquals(response.chunks.length, 10);
    assertMatch(response.text(), /\n\nid: 10\ndata: 10\n\n$/);
    assertEquals(pauses, Array<number>(10).fill(1000));
  } finally {
    globalThis.setTimeout = setTimeout;
  }
});

// The sanitizer finds a file that is left open.
Deno.test("download.ts closes its file when nobody reads it, and without a wrapper", async () => {
  const client = new TestClient(download);
  const head = await client.head("/");
  assertEquals([head.status, head.text()], [200, ""]);
  const environ = { "wsgi.file_wrapper": undefined };
  const response = await client.get("/", { environ });
  assertMatch(response.text(), /^\/\/ deno run/);
  assertEquals(response.closed, true);
});

Deno.test("upload.ts says so when there is no file, or no form", async () => {
  const client = new TestClient(upload);
  const body = new FormData();
  body.append("file", "text");
  body.append("other", new File(["Hello"], "a"));
  const none = await client.post("/", { body });
  assertEquals([none.status, none.text()], [200, "No file.\n"]);
  const headers = { "Content-Type": "multipart/form-data; boundary=x" };
  const broken = await client.post("/", { headers, body: "--y\r\n" });
  assertEquals(broken.status, 400);
  assertEquals(broken.text(), "The body is not a form.\n");
});
