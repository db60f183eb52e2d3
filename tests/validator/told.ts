/**
 * What the validator says of each broken fixture, as `told.json` has it.
 *
 * `deno run -A $(deno task -q std) tests/validator/told.ts` writes the file anew;
 * what has changed is to be read before it is committed.
 *
 * @module
 */

import { RULES } from "../../validator/rules/table.ts";
import type { Rule } from "../../validator/rules/rule.ts";
import type { Violation } from "../../mod.ts";
import { FIXTURES } from "./fixtures/table.ts";
import { runScenario } from "./scenario.ts";

/** The file, beside this one. */
export const TOLD: URL = new URL("told.json", import.meta.url);

/** A rule, whatever it looks at. */
export type AnyRule = Pick<Rule<never>, "id" | "hint" | "profile" | "spec">;

/**
 * What was found and by whom it was broken, with the requirement and the hint
 * where they are not those of the rule.
 */
function toLine(
  { message, blame, hint, spec }: Violation,
  rule: AnyRule,
): string {
  const got = message.slice(message.indexOf(", got ") + 6);
  const found = got.slice(0, got.lastIndexOf(" (rule "));
  const isOwn = spec === `SPEC.md#${rule.spec}`;
  const line = `${blame}: ${found}${isOwn ? "" : ` [${spec}]`}`;
  return hint === rule.hint ? line : `${line} -> ${hint}`;
}

/**
 * Says what is told of the broken fixtures of a rule.
 *
 * @param rule The rule.
 * @returns A line for each time it is found, in the order of the fixtures.
 */
export async function linesOf(rule: AnyRule): Promise<string[]> {
  const lines: string[] = [];
  for (const scenario of FIXTURES[rule.id]?.bad ?? []) {
    let found: Violation[] = [];
    try {
      found = await runScenario(scenario, { profile: rule.profile });
    } catch (error) {
      if (!(error instanceof Error && "violation" in error)) throw error;
      found = [error.violation as Violation];
    }
    lines.push(...found.map((violation) => toLine(violation, rule)));
  }
  return lines;
}

if (import.meta.main) {
  const told: Record<string, string[]> = {};
  for (const rule of RULES) told[rule.id] = await linesOf(rule);
  await Deno.writeTextFile(TOLD, `${JSON.stringify(told, null, 2)}\n`);
}
