import { assertEquals } from "@std/assert";
import { RULES } from "../../validator/rules/table.ts";
import { linesOf } from "./told.ts";
import TOLD from "./told.json" with { type: "json" };

const told: Readonly<Record<string, readonly string[]>> = TOLD;

for (const rule of RULES) {
  Deno.test(`${rule.id} says what it has found (told.json)`, async () => {
    assertEquals(await linesOf(rule), told[rule.id]);
  });
}

Deno.test("told.json has the rules of the table and no others", () => {
  assertEquals(Object.keys(told).sort(), RULES.map(({ id }) => id).sort());
});
