/**
 * One `validator()`: its options, its rules, and where its findings go.
 *
 * @module
 */

import { describe, isThenable, quote } from "../wsgi/describe.ts";
import { globToRegExp } from "../wsgi/glob.ts";
import { LayerMemory } from "./layer_memory.ts";
import type { Observer } from "./observer.ts";
import { ProgramPlaces } from "./places.ts";
import { ViolationPrinter } from "./printer.ts";
import {
  type ActiveRule,
  includesProfile,
  isProfile,
  type Profile,
  type Rule,
  type RuleSetting,
} from "./rules/rule.ts";
import type { Violation } from "./violation.ts";

/** Options of `validator()`. */
export interface ValidatorOptions {
  /** The name of this layer in messages. */
  name?: string | undefined;
  /**
   * Called for every violation, warnings too. Without it, what is not thrown is
   * printed to stderr. If it throws, the request goes on all the same, and the
   * violation is printed.
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

function mustBe(what: string, value: unknown): TypeError {
  return optionError(`${what}, got ${describe(value)}`);
}

function checkOptions(options: ValidatorOptions): void {
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

/** The options and rules of one `validator()`. */
export class ValidatorContext {
  /** The name of this layer. */
  readonly name: string | undefined;
  /** Whether errors are thrown. */
  readonly throws: boolean;
  /** The application and its places. */
  readonly places: ProgramPlaces;
  /** Sees what happens in each request. */
  readonly observer: Observer | undefined;
  /** What is remembered of good requests. */
  readonly memory: LayerMemory = new LayerMemory();
  readonly #profile: Profile;
  readonly #settings: readonly Setting[];
  readonly #active = new Set<string>();
  readonly #onViolation: ((violation: Violation) => unknown) | undefined;
  readonly #printer: ViolationPrinter;
  /** Requests that were begun and not closed. */
  #open = 0;

  /**
   * @param options What the user gave.
   * @param ids The ids of all rules, to find settings that match none.
   * @param places The application and its places.
   * @param observer Sees what happens in each request.
   * @throws {TypeError} If an option is wrong.
   */
  constructor(
    options: ValidatorOptions,
    ids: Iterable<string>,
    places: ProgramPlaces = new ProgramPlaces(undefined),
    observer?: Observer,
  ) {
    checkOptions(options);
    this.places = places;
    this.observer = observer;
    const { name, onViolation, throws = true, profile = "http" } = options;
    this.name = name;
    this.throws = throws;
    this.#profile = profile;
    this.#settings = parseSettings(options.rules ?? {}, [...ids]);
    this.#onViolation = onViolation;
    this.#printer = new ViolationPrinter(name);
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
      let isOffered = includesProfile(this.#profile, rule.profile);
      let setting: RuleSetting = isOffered ? rule.severity : "off";
      for (const { pattern, isGlob, setting: wanted } of this.#settings) {
        if (!pattern.test(rule.id)) continue;
        // A glob changes what the profile has; only a name adds to it.
        if (!isGlob) isOffered = true;
        if (isOffered) setting = wanted;
      }
      if (setting === "off") continue;
      active.push({ rule, severity: setting, check: rule.check });
      this.#active.add(rule.id);
    }
    return active;
  }

  /**
   * Checks whether this layer looks for something.
   *
   * @param id The id of a rule.
   * @returns Whether the rule is on here.
   */
  applies(id: string): boolean {
    return this.#active.has(id);
  }

  /**
   * Counts a finding that nobody gets to see, so that it need not be described.
   *
   * @param id The id of the rule.
   * @returns Whether it was counted. If not, it has to be reported.
   */
  countSilently(id: string): boolean {
    return this.#onViolation === undefined && this.observer === undefined &&
      this.#printer.countSilently(id);
  }

  /**
   * Hands a violation to `onViolation`, or prints it.
   *
   * @param violation The violation.
   * @param thrown Whether it is also thrown, and so seen anyway.
   */
  report(violation: Violation, thrown: boolean): void {
    if (this.#onViolation !== undefined) this.#notify(violation);
    else if (!thrown) this.#printer.print(violation);
  }

  /**
   * Hands a violation over that was thrown, and that nobody let through.
   *
   * @param violation The violation.
   */
  reportLost(violation: Violation): void {
    if (this.#onViolation === undefined) this.#printer.print(violation);
  }

  /** Calls the user's function, which cannot break the request. */
  #notify(violation: Violation): void {
    try {
      const onViolation = this.#onViolation;
      const result = onViolation?.(violation);
      if (isThenable(result)) result.then(undefined, () => {});
    } catch {
      this.#printer.print(violation);
    }
  }

  /** What a message says of who has seen a violation. */
  get where(): string {
    return this.name === undefined ? "" : `, seen by ${quote(this.name)}`;
  }

  /** Counts a request that was begun. */
  begin(): void {
    this.#open++;
  }

  /** Counts a request that was closed. */
  finish(): void {
    this.#open--;
  }

  /** Whether bodies that were collected without a close() are looked for. */
  get watchesGarbage(): boolean {
    return this.#profile === "paranoid";
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
    const pattern = globToRegExp(glob);
    if (!ids.some((id) => pattern.test(id))) {
      throw optionError(`no rule matches ${quote(glob)}`);
    }
    return { pattern, isGlob: glob.includes("*"), setting };
  });
}
