import { assertEquals } from "@std/assert";
import { toFileUrl } from "@std/path";
import { findModules, findSpecifiers } from "../../dev/reload/module_graph.ts";
import { Tree } from "../static_files/static_tree.ts";

Deno.test.each([
  ['import "./a.ts";', "./a.ts"],
  [
    "import a, { b } from './a.ts'; import * as c from \"./c.ts\"",
    "./a.ts ./c.ts",
  ],
  ['import {\n  a,\n  b,\n} from "./a.ts";', "./a.ts"],
  ['export * from "./a.ts";\nexport { b } from "./b.ts";', "./a.ts ./b.ts"],
  ['const a = await import("./a.ts");', "./a.ts"],
  ['import data from "./a.json" with { type: "json" };', "./a.json"],
  ['import type { A } from "./a.ts";', "./a.ts"],
  ['// import "./a.ts";\n/* import "./b.ts" */', ""],
  ['const url = "https://a.b/c"; import "./d.ts";', "./d.ts"],
  ["import(name)", ""],
  ["export const from = 1; const a = { from: './a.ts' };", ""],
])("findSpecifiers() finds the imports of %j", (text, expected) => {
  assertEquals(findSpecifiers(text).join(" "), expected);
});

Deno.test("findModules() follows imports, including circular ones and those of missing files", async () => {
  await using tree = await Tree.make({
    "a # %41/app.ts":
      'import "./a.ts"; import data from "./data.json" with { type: "json" };',
    "a # %41/a.ts":
      'import "./app.ts"; import "./missing.ts"; import "npm:x"; import "node:fs";',
    "a # %41/data.json": "\"import './none.ts'\"",
  });
  const { href } = toFileUrl(`${tree.root}/a # %41/`);
  const found = await findModules(`${href}app.ts`, () => false);
  const names = [...found].map((url) => url.slice(href.length));
  assertEquals(names, ["app.ts", "a.ts", "data.json", "missing.ts"]);
});
