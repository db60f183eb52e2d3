import { assert, assertEquals } from "@std/assert";
import { createReference, REFERENCE } from "../../tools/rule_reference.ts";
import { createRuleData, RULE_DATA } from "../../tools/rule_data.ts";
import * as package_ from "../../mod.ts";
import { ConformanceError } from "../../mod.ts";
import type { Profile } from "../../validator.ts";
import { RULES } from "../../validator/rules/table.ts";
import {
  createEnviron,
  helloApp,
  runScenario,
  runServer,
  type Scenario,
} from "./scenario.ts";

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

/** What the programs on the pages may use, as the index says. */
const VOCABULARY = {
  ...package_,
  bytes: new TextEncoder().encode("Hello"),
  createEnviron,
  helloApp,
  runServer,
};

/** The parts of which a program consists, and what they are in a scenario. */
const PARTS = {
  app: "app",
  middleware: "middleware",
  environ: "setEnviron",
  server: "server",
  validate: "use",
  input: "input",
};

/** Makes a scenario of a program as it stands on its page. */
function toScenario(code: string): Scenario {
  const parts = Object.entries(PARTS).map(([part, name]) =>
    `${part}: typeof ${name} === "undefined" ? undefined : ${name}`
  );
  const source = `${code}\nreturn { ${parts.join(", ")} };`;
  const made = new Function(...Object.keys(VOCABULARY), source);
  return made(...Object.values(VOCABULARY));
}

/** The rules that a program breaks; it has to run without another error. */
async function brokenBy(code: string, profile: Profile): Promise<string[]> {
  const failures: unknown[] = [];
  const found: string[] = [];
  try {
    const violations = await runScenario(toScenario(code), { profile });
    found.push(...violations.map(({ rule }) => rule));
  } catch (error) {
    if (error instanceof ConformanceError) found.push(error.violation.rule);
    else failures.push(error);
  }
  assertEquals(failures, [], code);
  return [...new Set(found)];
}

Deno.test("docs/rules/ shows programs that run whole: one breaks the rule, the other is sound", async (t) => {
  const programs = [...reference.values()].flatMap((page) =>
    page.split(/^## (?=\S+\/)/m).slice(1).map((entry) =>
      [
        entry.slice(0, entry.indexOf("\n")),
        Array.from(
          entry.matchAll(/^```ts ignore\n(.*?)^```$/gms),
          ([, code = ""]) => code,
        ),
      ] as const
    )
  );
  assertEquals(programs.length, RULES.length);
  for (const [id, codes] of programs) {
    await t.step(id, async () => {
      const { profile } = RULES.find((rule) => rule.id === id)!;
      const [bad = "", good = ""] = codes;
      assertEquals(codes.length, 2);
      assertEquals((await brokenBy(bad, profile)).includes(id), true, bad);
      const least = profile === "core" ? "http" : profile;
      assertEquals(await brokenBy(good, least), [], good);
    });
  }
});
