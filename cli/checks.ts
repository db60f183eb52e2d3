/**
 * The options that select the checks of the validator: `--profile` and
 * `--rules`.
 *
 * @module
 */

import { quote } from "../wsgi/describe.ts";
import { globToRegExp } from "../wsgi/glob.ts";
import {
  includesProfile,
  type Profile,
  type RuleSetting,
} from "../validator/rules/rule.ts";
import { RULES } from "../validator/rules/table.ts";
import { choose, UsageError } from "./parsed_arguments.ts";

/** The checks of the validator. */
export interface Checks {
  readonly profile?: Profile;
  /** Settings by rule or glob. */
  readonly rules?: Readonly<Record<string, RuleSetting>>;
  /** A glob of the rules to list instead of serving. */
  readonly listed?: string;
}

const SETTINGS: readonly RuleSetting[] = ["error", "warning", "off"];
const PROFILES: readonly Profile[] = ["core", "http", "paranoid"];

/** Returns a glob if it matches at least one rule. */
function toGlob(glob: string): string {
  const pattern = globToRegExp(glob);
  if (RULES.some(({ id }) => pattern.test(id))) return glob;
  throw new UsageError(
    `no rule matches ${quote(glob)}`,
    "--rules without a value lists all rules",
  );
}

/**
 * Parses `--profile` and `--rules`.
 *
 * @param profile The value of `--profile`.
 * @param values The values of `--rules`. An empty value lists all rules.
 * @returns The checks; `undefined` without these options.
 * @throws {UsageError} If a profile, rule or setting is unknown.
 */
export function toChecks(
  profile: string | undefined,
  values: readonly string[],
): Checks | undefined {
  if (profile === undefined && values.length === 0) return undefined;
  const rules: Record<string, RuleSetting> = {};
  let listed: string | undefined;
  for (const value of values.flatMap((value) => value.split(","))) {
    const [glob = "", setting] = value.split("=", 2);
    if (setting === undefined) listed = toGlob(glob || "*");
    else rules[toGlob(glob)] = choose("setting of a rule", setting, SETTINGS);
  }
  return {
    ...profile === undefined
      ? {}
      : { profile: choose("profile", profile, PROFILES) },
    ...Object.keys(rules).length === 0 ? {} : { rules },
    ...listed === undefined ? {} : { listed },
  };
}

/**
 * Lists rules, one per line: id, severity, smallest profile and title.
 *
 * @param checks Selects the rules. With a profile, the list contains the rules
 * that it includes.
 */
export function listRules({ profile, listed = "*" }: Checks = {}): string {
  const pattern = globToRegExp(listed);
  const shown = RULES.filter((rule) =>
    pattern.test(rule.id) &&
    includesProfile(profile ?? "paranoid", rule.profile)
  );
  const width = Math.max(0, ...shown.map(({ id }) => id.length));
  return shown.map(({ id, severity, profile, title }) =>
    [id.padEnd(width), severity.padEnd(7), profile.padEnd(8), title].join("  ")
  ).join("\n");
}
