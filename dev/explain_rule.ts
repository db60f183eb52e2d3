/**
 * What a rule of the validator asks for, with a program that breaks it and one
 * that follows it.
 *
 * The words come from the rule itself; the programs and the requirements of
 * SPEC.md come from `rules.json`, which `deno task rules` writes.
 *
 * @module
 */

import type { Blame, Profile, Severity } from "../validator/rules/rule.ts";
import { RULES } from "../validator/rules/table.ts";
import data from "./rules.json" with { type: "json" };

/** A requirement of SPEC.md. */
export interface RuleClause {
  /** The anchor in SPEC.md, such as `"status-string"`. */
  readonly anchor: string;
  /** The words. Code stands between backticks. */
  readonly text: string;
}

/** All there is to say about a rule. */
export interface RuleExplanation {
  /** The id, such as `"body/string"`. */
  readonly id: string;
  /** The severity, unless the user's options say otherwise. */
  readonly severity: Severity;
  /** The side that has to change. */
  readonly blame: Blame;
  /** The least profile that has the rule. */
  readonly profile: Profile;
  /** The requirement in one sentence, without a full stop. */
  readonly title: string;
  /** What goes wrong where the rule is broken, in sentences. */
  readonly why: string;
  /** How to fix it, without a full stop. */
  readonly hint: string;
  /** The requirements behind it, the most important first. */
  readonly clauses: readonly RuleClause[];
  /** A program that breaks the rule, in JavaScript. */
  readonly breaks: string;
  /** A program that follows the rule, in JavaScript. */
  readonly follows: string;
}

/** Rules of one subject. */
export interface RuleGroup {
  /** The subject, such as `"The status"`. */
  readonly title: string;
  /** The ids, in the order in which the rules are applied. */
  readonly rules: readonly string[];
}

/** Programs for one rule. */
interface Programs {
  readonly breaks: string;
  readonly follows: string;
}

const PROGRAMS = new Map<string, Programs>(Object.entries(data.programs));
const CLAUSES = new Map<string, string>(Object.entries(data.clauses));
const BY_ID = new Map<string, (typeof RULES)[number]>(
  RULES.map((rule) => [rule.id, rule]),
);

/** All rules by subject, in the order of the reference. */
export const RULE_GROUPS: readonly RuleGroup[] = data.groups;

/**
 * Explains a rule of the validator.
 *
 * @param id The id, such as `"body/string"`.
 * @returns The explanation, or nothing if there is no rule of that name.
 *
 * @example Usage
 * ```ts ignore
 * explainRule("body/string")?.hint;
 * // "Encode it and put it into an array: [new TextEncoder().encode(text)]"
 * ```
 */
export function explainRule(id: string): RuleExplanation | undefined {
  const rule = BY_ID.get(id);
  if (rule === undefined) return undefined;
  const { severity, blame, profile, title, why, hint } = rule;
  const { breaks, follows } = PROGRAMS.get(id) ?? { breaks: "", follows: "" };
  const clauses = [rule.spec, ...rule.alsoSpec ?? []].map((anchor) => ({
    anchor,
    text: CLAUSES.get(anchor) ?? "",
  }));
  return {
    ...{ id, severity, blame, profile, title, why, hint },
    clauses,
    breaks,
    follows,
  };
}
