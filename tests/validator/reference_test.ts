import { assert, assertEquals } from "@std/assert";
import { createReference, REFERENCE } from "../../tools/rule_reference.ts";
import { createRuleData, RULE_DATA } from "../../tools/rule_data.ts";
import { RULES } from "../../validator/rules/table.ts";

const reference = await createReference();

Deno.test("docs/rules/ is up to date (deno task rules)", async () => {
  const stale = new Set(reference.keys());
  for await (const { name } of Deno.readDir(REFERENCE)) {
    const page = await Deno.readTextFile(new URL(name, REFERENCE));
    if (page === reference.get(name)) stale.delete(name);
    else stale.add(name);
  }
  assertEquals([...stale], []);
});

Deno.test("dev/rules.json is up to date (deno task rules)", async () => {
  const data = await Deno.readTextFile(RULE_DATA);
  assert(data === await createRuleData(reference));
});

Deno.test("docs/rules/ explains each rule once", () => {
  const headings = [...reference.values()].flatMap((page) =>
    [...page.matchAll(/^## (\S+\/\S+)$/gm)].map(([, id]) => id)
  );
  assertEquals(headings.sort(), RULES.map(({ id }) => `${id}`).sort());
});

Deno.test("docs/rules/ has no page over 400 lines", () => {
  const long = [...reference].filter(([, page]) =>
    page.split("\n").length > 400
  );
  assertEquals(long.map(([name]) => name), []);
});

Deno.test("docs/rules/ shows programs that can be parsed", () => {
  const broken: string[] = [];
  for (const [name, page] of reference) {
    for (const [, code = ""] of page.matchAll(/^```ts ignore\n(.*?)^```$/gms)) {
      try {
        new Function(code);
      } catch {
        broken.push(`${name}: ${code}`);
      }
    }
  }
  assertEquals(broken, []);
});
