/**
 * One `validator()`: its options, its rules, and where its findings go.
 *
 * @module
 */

import { describe, quote } from "../gateway/describe.ts";
import { ViolationPrinter } from "./printer.ts";
import {
  type ActiveRule,
  includesProfile,
  isProfile,
  type Profile,
  type Rule,
  type RuleSetting,
} from "./rule.ts";
import type { Violation } from "./violation.ts";

/** Options of `validator()`. */
export interface ValidatorOptions {
  /** The name of this layer in messages. */
  name?: string | undefined;
  /**
   * Called for every violation, warnings too. Without it, what is not thrown is
   * printed to stderr.
   */
  onViolation?: ((violation: Violation) => void) | undefined;
  /**
   * Whether an error is thrown at once. If not, it is only reported, and the
   * request goes on.
   *
   * @default {true}
   */
  throws?: boolean | undefined;
  /**
   * How much is checked.
   *
   * @default {"http"}
   */
  profile?: Profile | undefined;
  /**
   * Settings for single rules, by id or glob; a later one wins. A rule that the
   * profile leaves out can be had by naming it in full.
   *
   * @default {{}}
   */
  rules?: Readonly<Record<string, RuleSetting>> | undefined;
}

const SETTINGS: readonly unknown[] = ["error", "warning", "off"];

interface Setting {
  readonly pattern: RegExp;
  readonly isGlob: boolean;
  readonly setting: RuleSetting;
}

function optionError(problem: string): TypeError {
  return new TypeError(`Cannot make the validator: ${problem}`);
}

function toPattern(glob: string): RegExp {
  const escaped = glob.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("\\*", ".*")}$`);
}

/** The options and rules of one `validator()`. */
export class Layer {
  /** The name of this layer. */
  readonly name: string | undefined;
  /** Whether errors are thrown. */
  readonly throws: boolean;
  readonly #profile: Profile;
  readonly #settings: readonly Setting[];
  readonly #onViolation: (violation: Violation) => void;
  readonly #printsThrown: boolean;
  /** Requests that were begun and not closed. */
  #open = 0;

  /**
   * @param options What the user gave.
   * @param ids The ids of all rules, to find settings that match none.
   * @throws {TypeError} If an option is wrong.
   */
  constructor(options: ValidatorOptions, ids: Iterable<string>) {
    const { name, onViolation, throws = true, profile = "http" } = options;
    if (!isProfile(profile)) {
      throw optionError(
        `profile must be "core", "http" or "paranoid", got ${
          describe(profile)
        }`,
      );
    }
    if (onViolation !== undefined && typeof onViolation !== "function") {
      throw optionError(
        `onViolation must be a function, got ${describe(onViolation)}`,
      );
    }
    this.name = name;
    this.throws = throws;
    this.#profile = profile;
    this.#settings = parseSettings(options.rules ?? {}, [...ids]);
    const printer = new ViolationPrinter(name);
    this.#onViolation = onViolation ??
      ((violation) => printer.print(violation));
    this.#printsThrown = onViolation !== undefined;
  }

  /**
   * Picks the rules that this layer applies.
   *
   * @param rules Rules of one subject.
   * @returns Those that are on, with their severity here.
   */
  select<View>(rules: readonly Rule<View>[]): readonly ActiveRule<View>[] {
    const active: ActiveRule<View>[] = [];
    for (const rule of rules) {
      let setting: RuleSetting = includesProfile(this.#profile, rule.profile)
        ? rule.severity
        : "off";
      for (const { pattern, isGlob, setting: wanted } of this.#settings) {
        if (!pattern.test(rule.id)) continue;
        // A glob changes rules that are on; it does not switch the dear ones on.
        if (isGlob && setting === "off") continue;
        setting = wanted;
      }
      if (setting !== "off") active.push({ rule, severity: setting });
    }
    return active;
  }

  /**
   * Hands a violation over to whoever wants to know.
   *
   * @param violation The violation.
   * @param thrown Whether it is also thrown, and so seen anyway.
   */
  report(violation: Violation, thrown: boolean): void {
    if (!thrown || this.#printsThrown) this.#onViolation(violation);
  }

  /** Counts a request that was begun. */
  begin(): void {
    this.#open++;
  }

  /** Counts a request that was closed. */
  finish(): void {
    this.#open--;
  }

  /** How many requests were begun and not closed. */
  get open(): number {
    return this.#open;
  }
}

function parseSettings(
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
    const pattern = toPattern(glob);
    if (!ids.some((id) => pattern.test(id))) {
      throw optionError(`no rule matches ${quote(glob)}`);
    }
    return { pattern, isGlob: glob.includes("*"), setting };
  });
}
