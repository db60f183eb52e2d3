import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { formatMarkdown, replaceMarked } from "../../tools/format_markdown.ts";
import { createPage } from "../../tools/matrix/page.ts";
import { FRAMEWORKS, SERVERS } from "../../tools/matrix/parts.ts";
import type { MatrixResult, ServerResult } from "../../tools/matrix/result.ts";
import results from "../../tools/matrix/results.json" with { type: "json" };
import {
  deviationList,
  failureList,
  frameworkTable,
  serverTable,
} from "../../tools/matrix/tables.ts";

const ROOT = new URL("../../", import.meta.url);
const result = results as unknown as MatrixResult;

const SERVER: ServerResult = {
  name: "a server",
  versions: { deno: "1.2.3" },
  subjects: [
    { name: "environ", passed: 2, total: 3 },
    { name: "target", passed: 4, total: 4 },
    { name: "close", passed: 5, total: 5 },
  ],
  deviations: { "environ/one": "It has no | for that" },
  failed: {},
};

Deno.test("serverTable() adds up subjects and shows what is short", () => {
  const table = serverTable([SERVER]);
  assertStringIncludes(table, "| a server | 6 of 7 |");
  assertStringIncludes(table, "| 5 |");
  assertStringIncludes(table, "| 1 | 0 |");
});

Deno.test("serverTable() says why a server was not run", () => {
  const missing = "nginx is not installed";
  const table = serverTable([{ ...SERVER, missing }]);
  assertStringIncludes(table, "| a server | not run: nginx is not installed |");
});

Deno.test("deviationList() puts servers with one reason together", () => {
  const list = deviationList([SERVER, { ...SERVER, name: "another" }]);
  assertEquals(
    list,
    "- `environ/one` on a server; another: It has no | for that.",
  );
});

Deno.test("frameworkTable() shows what failed and what was not tried", () => {
  const framework = {
    name: "one",
    versions: {},
    exercised: ["routing", "forms"],
    failed: { forms: "no answer" },
    known: {},
  };
  const table = frameworkTable([
    framework,
    { ...framework, name: "two", exercised: ["routing"], failed: {} },
    { ...framework, name: "three", missing: "npm does not answer" },
  ]);
  assertStringIncludes(table, "| routing | yes | yes |");
  assertStringIncludes(table, "| forms | fails |  |");
  assertStringIncludes(table, "three was not run: npm does not answer.");
});

Deno.test("replaceMarked() replaces what stands between two marks", () => {
  const page = "a\n<!-- x -->\nold\n<!-- end x -->\nb\n";
  assertEquals(
    replaceMarked(page, "x", "new"),
    "a\n<!-- x -->\n\nnew\n\n<!-- end x -->\nb\n",
  );
});

Deno.test("deno task matrix wrote docs/servers.md from the same results", async () => {
  const page = await Deno.readTextFile(new URL("docs/servers.md", ROOT));
  assertEquals(page, await formatMarkdown(createPage(result)));
});

Deno.test("the results have every row, and nothing failed", () => {
  const names = [...result.servers, ...result.frameworks].map(({ name }) =>
    name
  );
  assertEquals(names, [...SERVERS, ...FRAMEWORKS].map(({ name }) => name));
  assertEquals(failureList(result), "");
  assert(result.seconds < 600);
});

Deno.test("every file of tools/matrix/servers and frameworks has a row", async () => {
  const parts = await Deno.readTextFile(
    new URL("tools/matrix/parts.ts", ROOT),
  );
  for (const folder of ["servers", "frameworks"]) {
    const path = new URL(`tools/matrix/${folder}/`, ROOT);
    for await (const { name, isFile } of Deno.readDir(path)) {
      if (isFile) assertStringIncludes(parts, `"./${folder}/${name}"`);
    }
  }
});
