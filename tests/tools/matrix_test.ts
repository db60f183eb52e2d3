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

const FRAMEWORK = {
  name: "one",
  versions: { it: "3" },
  exercised: ["routing", "forms"],
  failed: { forms: "no answer" },
  known: { "body/string": "it must" },
};

Deno.test.each([
  ["serverTable() adds up subjects and shows what is missing", [
    serverTable([SERVER]),
    "| a server | 6 of 7 |",
    "| 5 |",
    "| 1 | 0 |",
  ]],
  ["serverTable() says why a server was not run", [
    serverTable([{ ...SERVER, missing: "nginx is not installed" }]),
    "| a server | not run: nginx is not installed |",
  ]],
  ["deviationList() lists cases under the servers that share them", [
    deviationList([SERVER, { ...SERVER, name: "another" }]),
    "a server; another:\n\n- `environ/one`: It has no | for that.\n",
  ]],
  ["frameworkTable() shows failures and frameworks that were not tried", [
    frameworkTable([
      FRAMEWORK,
      { ...FRAMEWORK, name: "two", exercised: ["routing"], failed: {} },
      { ...FRAMEWORK, name: "three", missing: "npm does not answer" },
    ]),
    "| routing | yes | yes |",
    "| forms | fails |  |",
    "three was not run: npm does not answer.",
  ]],
])("%s", (_name, [table = "", ...parts]) => {
  for (const part of parts) assertStringIncludes(table, part);
});

Deno.test("replaceMarked() replaces the text between two marks", () => {
  const page = "a\n<!-- x -->\nold\n<!-- end x -->\nb\n";
  const replaced = "a\n<!-- x -->\n\nnew\n\n<!-- end x -->\nb\n";
  assertEquals(replaceMarked(page, "x", "new"), replaced);
});

Deno.test("createPage() has every part of the result", async () => {
  const result = { servers: [SERVER], frameworks: [FRAMEWORK] };
  const page = await formatMarkdown(
    createPage({ date: "2026-11-20", seconds: 5, ...result }),
  );
  assertStringIncludes(page, "a server:\n\n- `environ/one`: It has no | for");
  assertStringIncludes(page, "- one, forms: no answer");
  assertStringIncludes(page, "- one, `body/string`: it must.");
  assertStringIncludes(page, "- a server: deno 1.2.3\n- one: it 3");
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
  const format = /^[\w-]+(?: [\w-]+)*: [\w-]+\/[\w.-]+(?: [\w-]+\/[\w.-]+)*: ./;
  for (const line of (await Deno.readTextFile(file)).trimEnd().split("\n")) {
    assertMatch(line, format);
  }
});
