/**
 * Explains the rules of the validator, each with a program that breaks it and one
 * that follows it.
 *
 * The texts come from the rules themselves. The programs and the requirements of
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
  /** The text. Code is between backticks. */
  readonly text: string;
}

/** The explanation of a rule. */
export interface RuleExplanation {
  /** The id, such as `"body/string"`. */
  readonly id: string;
  /** The default severity. */
  readonly severity: Severity;
  /** The side that breaks the rule. */
  readonly blame: Blame;
  /** The smallest profile that includes the rule. */
  readonly profile: Profile;
  /** The requirement in one sentence, without a full stop. */
  readonly title: string;
  /** The consequences of breaking the rule, in sentences. */
  readonly why: string;
  /** How to fix it, without a full stop. */
  readonly hint: string;
  /** The requirements on which it is based, the most important first. */
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
 * @returns The explanation; `undefined` if the rule does not exist.
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
