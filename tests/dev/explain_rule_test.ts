import { assertEquals } from "@std/assert";
import { explainRule, RULE_GROUPS } from "../../dev/explain_rule.ts";
import { RULES } from "../../validator/rules/table.ts";

Deno.test("explainRule() has programs and clauses for every rule, and RULE_GROUPS has every rule", () => {
  const ids = RULE_GROUPS.flatMap(({ rules }) => rules);
  assertEquals(ids.toSorted(), RULES.map(({ id }) => `${id}`).sort());
  const incomplete = ids.filter((id) => {
    const { breaks, follows, clauses } = explainRule(id)!;
    const texts = [breaks, follows, ...clauses.map(({ text }) => text)];
    return texts.includes("");
  });
  assertEquals(incomplete, []);
});

Deno.test("explainRule() returns undefined for other names", () => {
  for (const id of ["", "body", "body/", "toString", "__proto__"]) {
    assertEquals(explainRule(id), undefined);
  }
});
