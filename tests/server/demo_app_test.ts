import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { demoApp } from "../../server/demo_app.ts";
import type { Application, Environ } from "../../wsgi/types.ts";
import { run } from "../gateway/recording_transport.ts";

async function pageOf(environ: Partial<Environ>): Promise<string> {
  const { transport } = await run(demoApp, { environ });
  assertEquals(transport.status, "200 OK");
  const bytes = Uint8Array.from(transport.body, (unit) => unit.charCodeAt(0));
  return new TextDecoder().decode(bytes);
}

Deno.test("demoApp() answers with one chunk and its length", async () => {
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
  assertMatch(
    page,
    /^Hello world!\n\nA = "first"\n[^]*\nQUERY_STRING = "a=1"\n/,
  );
  const names = Array.from(page.matchAll(/^(.+?) = /gm), ([, name]) => name);
  assertEquals(names, names.toSorted());
  assertEquals(names.at(-1)?.startsWith("wsgi"), true);
});

Deno.test.each<[string, unknown, string]>([
  ["LONG", "x".repeat(500), `"${"x".repeat(500)}"`],
  ["LINES", 'a\r\nb"\x00', '"a\\r\\nb\\"\\u0000"'],
  ["PATH_INFO", "/caf\xc3\xa9", '"/caf\xc3\xa9"'],
  ["wsgi.version", [1, 0], "[1, 0]"],
  ["wsgi.multithread", false, "false"],
  ["my.nothing", undefined, "undefined"],
  ["my.list", [1, ["a"], {}], '[1, ["a"], an object]'],
  ["my.call", () => {}, "a function"],
  ["my.null", null, "null"],
  ["my.big", 1n, "a bigint"],
])("demoApp() shows %s on one line", async (name, value, shown) => {
  const page = await pageOf({ [name]: value } as Partial<Environ>);
  assertStringIncludes(page, `\n${name} = ${shown}\n`);
});

Deno.test("demoApp() does not change the environ", async () => {
  const { environ } = await run(demoApp, { environ: { A: "b" } });
  const before = { ...environ };
  await run(demoApp, { environ });
  assertEquals(Object.keys(environ), Object.keys(before));
});
