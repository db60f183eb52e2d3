/**
 * Each rule, with the programs that break it and those that follow it.
 * `messages.txt` has the validator's messages about the broken ones: the value
 * that each rule found, and the beginnings of hints that are not the rule's own.
 *
 * `deno test -A $(deno task -q std) tests/validator/rules_test.ts -- --update`
 * writes the file. Read the difference before you commit it.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { createReference } from "../../tools/rule_reference.ts";
import { createRuleData, REFERENCE, RULE_DATA } from "../../tools/rule_data.ts";
import { ConformanceError, type Violation } from "../../mod.ts";
import type { Profile } from "../../validator.ts";
import { RULES } from "../../validator/rules/table.ts";
import { FIXTURES, MORE_FIXTURES } from "./rule_programs.ts";
import { foundIn, runScenario, type Scenario } from "./scenario.ts";

type AnyRule = typeof RULES[number];

const MESSAGES = new URL("messages.txt", import.meta.url);
const IDS: readonly string[] = RULES.map(({ id }) => id);

/** The findings in a scenario, and the errors thrown into it. */
async function violationsOf(
  scenario: Scenario,
  profile: Profile,
): Promise<Violation[]> {
  try {
    return await runScenario(scenario, { profile });
  } catch (error) {
    if (!(error instanceof ConformanceError)) throw error;
    return [error.violation];
  }
}

function idsOf(violations: readonly Violation[]): string[] {
  return [...new Set(violations.map(({ rule }) => rule))];
}

/** The found values in the messages, with their hints. */
function textOf(rule: AnyRule, violations: readonly Violation[]): string {
  const found = new Map<string, Set<string>>([["", new Set()]]);
  for (const { blame, hint = "", message, spec } of violations) {
    const by = blame === rule.blame ? "" : `${blame}: `;
    const anchor = spec === `SPEC.md#${rule.spec}` ? "" : ` [${spec}]`;
    const [words] = /^(?:\S+ ?){1,4}/.exec(hint) ?? [""];
    const end = hint === rule.hint ? "" : ` -> ${words.trim()}`;
    const group = found.get(end) ?? new Set();
    found.set(end, group.add(`${by}${foundIn(message)}${anchor}`));
  }
  return Array.from(found).filter(([, group]) => group.size > 0)
    .map(([end, group]) => `${[...group].join(" | ")}${end}`).join(" || ");
}

const messages = new Map(
  (await Deno.readTextFile(MESSAGES)).trimEnd().split("\n").map((line) => {
    const end = line.indexOf(": ");
    return [line.slice(0, end), line.slice(end + 2)];
  }),
);

for (const rule of RULES) {
  const { id, profile } = rule;
  const { bad, good } = FIXTURES.get(id) ?? { bad: [], good: [] };

  Deno.test(`validator() finds only ${id} in each program that breaks it`, async () => {
    const all: Violation[] = [];
    for (const [index, scenario] of bad.entries()) {
      const violations = await violationsOf(scenario, profile);
      assertEquals(idsOf(violations), [id], `program ${index}`);
      all.push(...violations);
    }
    if (Deno.args.includes("--update")) messages.set(id, textOf(rule, all));
    assertEquals(messages.get(id), textOf(rule, all));
  });

  Deno.test(`validator() finds nothing in a program that follows ${id}`, async () => {
    const least = profile === "core" ? "http" : profile;
    for (const [index, scenario] of good.entries()) {
      const violations = await violationsOf(scenario, index ? profile : least);
      assertEquals(idsOf(violations), [], `program ${index}`);
    }
  });
}

Deno.test("messages.txt has the rules of the table and no others", async () => {
  if (Deno.args.includes("--update")) {
    const lines = IDS.map((id) => `${id}: ${messages.get(id)}\n`);
    await Deno.writeTextFile(MESSAGES, lines.join(""));
  } else {
    assertEquals([...messages.keys()], IDS);
  }
});

Deno.test("RULES have different ids, and two programs each in docs/rules/", () => {
  assertEquals(new Set(IDS).size, IDS.length);
  assertEquals([...FIXTURES.keys()].sort(), IDS.toSorted());
  const unknown = Object.keys(MORE_FIXTURES).filter((id) => !IDS.includes(id));
  assertEquals(unknown, []);
});

Deno.test("validator() throws a ConformanceError for each rule that is an error", async (t) => {
  for (const { id, severity, profile } of RULES) {
    const scenario = FIXTURES.get(id)?.bad[0];
    if (severity !== "error" || !scenario?.server || scenario.validate) {
      continue;
    }
    // After the response, nothing could catch it.
    if (id === "input/after-close") continue;
    await t.step(id, async () => {
      const error = await assertRejects(
        async () => void await runScenario(scenario, { profile, throws: true }),
        ConformanceError,
      );
      assertEquals(error.violation.rule, id);
    });
  }
});

// docs/rules/ -----------------------------------------------------------------

const reference = await createReference();

Deno.test("docs/rules/ and dev/rules.json are up to date (deno task rules)", async () => {
  const stale = new Set(reference.keys());
  for await (const { name } of Deno.readDir(REFERENCE)) {
    const page = await Deno.readTextFile(new URL(name, REFERENCE));
    if (page === reference.get(name)) stale.delete(name);
    else stale.add(name);
  }
  assertEquals([...stale], []);
  const data = await Deno.readTextFile(RULE_DATA);
  assert(data === await createRuleData(reference));
});

Deno.test("docs/rules/ explains each rule once, on pages of at most 400 lines", () => {
  const pages = [...reference.values()];
  const headings = pages.flatMap((page) =>
    Array.from(page.matchAll(/^## (\S+\/\S+)$/gm), ([, id]) => id)
  );
  assertEquals(headings.sort(), IDS.toSorted());
  assertEquals(pages.filter((page) => page.split("\n").length > 400), []);
});
