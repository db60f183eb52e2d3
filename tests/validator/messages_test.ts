/**
 * What the validator says of each broken fixture, as `messages.txt` has it: what
 * was found by each rule, and the hints that are not the rule's own.
 *
 * `deno test -A $(deno task -q std) tests/validator/messages_test.ts -- --update`
 * writes the file anew; read what has changed before you commit it.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { Violation } from "../../mod.ts";
import { RULES } from "../../validator/rules/table.ts";
import { FIXTURES } from "./fixtures/table.ts";
import { runScenario } from "./scenario.ts";
import { foundIn } from "./requests.ts";

const FILE = new URL("messages.txt", import.meta.url);

type AnyRule = typeof RULES[number];

async function violationsOf(rule: AnyRule): Promise<Violation[]> {
  const violations: Violation[] = [];
  for (const scenario of FIXTURES[rule.id]?.bad ?? []) {
    try {
      violations.push(...await runScenario(scenario, rule));
    } catch (error) {
      if (!(error instanceof Error && "violation" in error)) throw error;
      violations.push(error.violation as Violation);
    }
  }
  return violations;
}

/** A line for each hint, the rule's own first, with what it is given for. */
async function messagesOf(rule: AnyRule): Promise<string> {
  const found = new Map([["", new Set<string>()]]);
  for (const violation of await violationsOf(rule)) {
    const { blame, hint, message, spec } = violation;
    const by = blame === rule.blame ? "" : `${blame}: `;
    const anchor = spec === `SPEC.md#${rule.spec}` ? "" : ` [${spec}]`;
    const line = hint === rule.hint ? "" : ` -> ${hint}`;
    const group = found.get(line) ?? new Set();
    found.set(line, group.add(`${by}${foundIn(message)}${anchor}`));
  }
  return Array.from(found).filter(([, group]) => group.size > 0)
    .map(([hint, group]) => `${[...group].join(" | ")}${hint}`).join("\n  ");
}

if (Deno.args.includes("--update")) {
  const lines: string[] = [];
  for (const rule of RULES) lines.push(`${rule.id}: ${await messagesOf(rule)}`);
  await Deno.writeTextFile(FILE, `${lines.join("\n")}\n`);
}

const messages = new Map(
  (await Deno.readTextFile(FILE)).trimEnd().split(/\n(?! )/).map((part) => {
    const end = part.indexOf(": ");
    return [part.slice(0, end), part.slice(end + 2)];
  }),
);

for (const rule of RULES) {
  Deno.test(`${rule.id} says what it has found (messages.txt)`, async () => {
    assertEquals(await messagesOf(rule), messages.get(rule.id));
  });
}

Deno.test("messages.txt has the rules of the table and no others", () => {
  assertEquals([...messages.keys()], RULES.map(({ id }) => id));
});
