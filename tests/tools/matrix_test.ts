import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { formatMarkdown, replaceMarked } from "../../tools/format_markdown.ts";
import { FRAMEWORKS } from "../../tools/matrix/frameworks.ts";
import type { ServerResult } from "../../tools/matrix/part.ts";
import { SERVERS } from "../../tools/matrix/servers.ts";
import {
  createPage,
  deviationList,
  frameworkTable,
  serverTable,
} from "../../tools/matrix/tables.ts";

const ROOT = new URL("../../", import.meta.url);

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

Deno.test("deviationList() lists cases under the servers that share them", () => {
  const list = deviationList([SERVER, { ...SERVER, name: "another" }]);
  assertEquals(
    list,
    "a server; another:\n\n- `environ/one`: It has no | for that.\n",
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

Deno.test("createPage() has every part of the result", async () => {
  const framework = {
    name: "a framework",
    versions: { it: "3" },
    exercised: ["routing"],
    failed: { routing: "no answer" },
    known: { "body/string": "it must" },
  };
  const page = await formatMarkdown(createPage({
    date: "2026-11-20",
    seconds: 5,
    servers: [SERVER],
    frameworks: [framework],
  }));
  assertStringIncludes(page, "a server:\n\n- `environ/one`: It has no | for");
  assertStringIncludes(page, "- a framework, routing: no answer");
  assertStringIncludes(page, "- a framework, `body/string`: it must.");
  assertStringIncludes(page, "- a server: deno 1.2.3\n- a framework: it 3");
});

Deno.test("docs/servers.md has every row, and nothing failed", async () => {
  const page = await Deno.readTextFile(new URL("docs/servers.md", ROOT));
  for (const { name } of SERVERS) assertStringIncludes(page, `\n| ${name} `);
  for (const { name } of FRAMEWORKS) assertStringIncludes(page, `\n- ${name}:`);
  assertEquals(page.includes("not run: "), false);
  assertEquals(page.includes("What falls short"), false);
});

Deno.test("deviations.txt has lines for servers, cases and reasons", async () => {
  const file = new URL("tools/matrix/deviations.txt", ROOT);
  for (const line of (await Deno.readTextFile(file)).trimEnd().split("\n")) {
    assertMatch(line, /^[\w-]+: [\w-]+\/[\w.-]+(?: [\w-]+\/[\w.-]+)*: ./);
  }
});
