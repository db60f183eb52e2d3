/**
 * {@linkcode ValidatorOptions}: the options of `validator()`.
 *
 * @module
 */

import { describe, quote } from "../wsgi/describe.ts";
import { globToRegExp } from "../wsgi/glob.ts";
import { isProfile, type Profile, type RuleSetting } from "./rules/rule.ts";
import type { Violation } from "./violation.ts";

/** Options of `validator()`. */
export interface ValidatorOptions {
  /** The name of this layer in messages. */
  name?: string | undefined;
  /**
   * Called for every violation, including warnings. Without it, violations that
   * are not thrown are printed to stderr. If it throws, the request continues,
   * and the violation is printed.
   */
  onViolation?: ((violation: Violation) => void) | undefined;
  /**
   * Whether an error is thrown immediately. If not, it is only reported, and
   * the request continues.
   *
   * @default {true}
   */
  throws?: boolean | undefined;
  /**
   * The rules to check: `"core"` is PEP 3333, `"http"` adds HTTP, `"paranoid"`
   * adds checks that are slow or whose findings are often harmless.
   *
   * @default {"http"}
   */
  profile?: Profile | undefined;
  /**
   * Settings for single rules, by id or glob; a later one wins. A full id also
   * enables a rule that is not in the profile.
   *
   * @default {{}}
   */
  rules?: Readonly<Record<string, RuleSetting>> | undefined;
}

const SETTINGS: readonly unknown[] = ["error", "warning", "off"];

/** A setting for the rules that match a pattern. */
export interface Setting {
  readonly pattern: RegExp;
  readonly isGlob: boolean;
  readonly setting: RuleSetting;
}

function optionError(problem: string): TypeError {
  return new TypeError(`Cannot make the validator: ${problem}`);
}

function mustBe(what: string, value: unknown): TypeError {
  return optionError(`${what}, got ${describe(value)}`);
}

/**
 * Checks the types of options.
 *
 * @param options The options of the user.
 * @throws {TypeError} If an option has another type.
 */
export function checkOptions(options: ValidatorOptions): void {
  if (typeof options !== "object" || options === null) {
    throw mustBe("options must be an object", options);
  }
  const { name, onViolation, throws, profile, rules } = options;
  if (name !== undefined && typeof name !== "string") {
    throw mustBe("name must be a string", name);
  }
  if (onViolation !== undefined && typeof onViolation !== "function") {
    throw mustBe("onViolation must be a function", onViolation);
  }
  if (throws !== undefined && typeof throws !== "boolean") {
    throw mustBe("throws must be true or false", throws);
  }
  if (profile !== undefined && !isProfile(profile)) {
    throw mustBe('profile must be "core", "http" or "paranoid"', profile);
  }
  if (rules !== undefined && (typeof rules !== "object" || rules === null)) {
    throw mustBe("rules must be an object of settings by rule", rules);
  }
}

/**
 * Parses the settings for rules.
 *
 * @param rules The settings of the user, by id or glob.
 * @param ids The ids of all rules.
 * @returns The settings in their order.
 * @throws {TypeError} If a setting is unknown or matches no rule.
 */
export function parseSettings(
  rules: Readonly<Record<string, RuleSetting>>,
  ids: readonly string[],
): Setting[] {
  return Object.entries(rules).map(([glob, setting]) => {
    if (!SETTINGS.includes(setting)) {
      throw optionError(
        `setting of rule ${
          quote(glob)
        } must be "error", "warning" or "off", got ${describe(setting)}`,
      );
    }
    const pattern = globToRegExp(glob);
    if (!ids.some((id) => pattern.test(id))) {
      throw optionError(`no rule matches ${quote(glob)}`);
    }
    return { pattern, isGlob: glob.includes("*"), setting };
  });
}
