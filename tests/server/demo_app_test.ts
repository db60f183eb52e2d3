import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { demoApp } from "../../server/demo_app.ts";
import type { Application, Environ } from "../../wsgi/types.ts";
import { run } from "../gateway/recording_transport.ts";

async function pageOf(environ: Partial<Environ>): Promise<string> {
  const { transport } = await run(demoApp, { environ });
  assertEquals(transport.status, "200 OK");
  const bytes = Uint8Array.from(transport.body, (unit) => unit.charCodeAt(0));
  return new TextDecoder().decode(bytes);
}

Deno.test("demoApp() is an application whose answer is one chunk with its length", async () => {
  const app: Application = demoApp;
  const { transport, written } = await run(app);
  assertEquals(transport.headers, [
    ["Content-Type", "text/plain; charset=utf-8"],
    ["Content-Length", String(transport.body.length)],
  ]);
  assertEquals(written, []);
});

Deno.test("demoApp() greets and lists the environ, sorted by name", async () => {
  const page = await pageOf({ Z: "last", A: "first", QUERY_STRING: "a=1" });
  assert(page.startsWith("Hello world!\n\n"));
  assert(page.endsWith("\n"));
  const lines = page.trimEnd().split("\n").slice(2);
  assertEquals(lines[0], 'A = "first"');
  const names = lines.map((line) => line.slice(0, line.indexOf(" = ")));
  assertEquals(names, names.toSorted());
  assertStringIncludes(page, '\nQUERY_STRING = "a=1"\n');
  assertStringIncludes(page, "\nwsgi.version = [1, 0]\n");
  assertStringIncludes(page, "\nwsgi.multithread = false\n");
  assertStringIncludes(page, "\nwsgi.input = a RequestInput\n");
});

Deno.test("demoApp() shows the whole of a string, on one line", async () => {
  const long = "x".repeat(500);
  const page = await pageOf({ LONG: long, LINES: 'a\r\nb"\x00' });
  assertStringIncludes(page, `\nLONG = "${long}"\n`);
  assertStringIncludes(page, '\nLINES = "a\\r\\nb\\"\\u0000"\n');
});

Deno.test("demoApp() sends what is not ASCII as UTF-8", async () => {
  const page = await pageOf({ PATH_INFO: "/caf\xc3\xa9" });
  assertStringIncludes(page, '\nPATH_INFO = "/caf\xc3\xa9"\n');
});

Deno.test("demoApp() takes any value in the environ", async () => {
  const page = await pageOf({
    "my.nothing": undefined,
    "my.list": [1, ["a"], {}],
    "my.call": () => {},
    "my.null": null,
    "my.big": 1n,
  });
  assertStringIncludes(page, "\nmy.nothing = undefined\n");
  assertStringIncludes(page, '\nmy.list = [1, ["a"], an object]\n');
  assertStringIncludes(page, "\nmy.call = a function\n");
  assertStringIncludes(page, "\nmy.null = null\n");
  assertStringIncludes(page, "\nmy.big = a bigint\n");
});

Deno.test("demoApp() does not change the environ", async () => {
  const { environ } = await run(demoApp, { environ: { A: "b" } });
  const before = { ...environ };
  await run(demoApp, { environ });
  assertEquals(Object.keys(environ), Object.keys(before));
});
