import { assertEquals, assertRejects } from "@std/assert";
import { ConformanceError, type Violation } from "../../mod.ts";
import { RULES } from "../../validator/rules/table.ts";
import { FIXTURES } from "./fixtures/table.ts";
import { runScenario, type Scenario } from "./scenario.ts";

/** What is found, and what is thrown into the scenario itself. */
async function findings(
  scenario: Scenario,
  profile: "core" | "http" | "paranoid",
): Promise<string[]> {
  let found: Violation[];
  try {
    found = await runScenario(scenario, { profile });
  } catch (error) {
    if (!(error instanceof ConformanceError)) throw error;
    found = [error.violation];
  }
  return [...new Set(found.map(({ rule }) => rule))];
}

Deno.test("RULES have fixtures, each of them", () => {
  const ids = RULES.map((rule) => rule.id).sort();
  assertEquals(Object.keys(FIXTURES).sort(), ids);
});

Deno.test("RULES have ids of their own", () => {
  const ids = RULES.map((rule) => rule.id);
  assertEquals([...new Set(ids)].length, ids.length);
});

for (const { id, profile } of RULES) {
  const { bad, good } = FIXTURES[id] ?? { bad: [], good: [] };
  for (const [index, scenario] of bad.entries()) {
    Deno.test(`${id} is found where it is broken, and nothing else (${index})`, async () => {
      assertEquals(await findings(scenario, profile), [id]);
    });
  }
  for (const [index, scenario] of good.entries()) {
    Deno.test(`${id} is not found where it is kept, nor anything else (${index})`, async () => {
      assertEquals(await findings(scenario, profile), []);
    });
  }
}

Deno.test("validator() throws a ConformanceError of each rule that is an error", async (t) => {
  for (const { id, severity, profile } of RULES) {
    if (severity !== "error") continue;
    const scenario = FIXTURES[id]?.bad[0];
    if (scenario?.server === undefined || scenario.validate) continue;
    await t.step(id, async () => {
      const error = await assertRejects(
        async () => void await runScenario(scenario, { profile, throws: true }),
        ConformanceError,
      );
      assertEquals(error.violation.rule, id);
    });
  }
});
