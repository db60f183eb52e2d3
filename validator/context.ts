/**
 * {@linkcode ValidatorContext}: the data that all requests of one `validator()`
 * share.
 *
 * @module
 */

import { isThenable, quote } from "../wsgi/describe.ts";
import { LayerMemory } from "./layer_memory.ts";
import type { Observer } from "./observer.ts";
import { ProgramPlaces } from "./places.ts";
import { ViolationPrinter } from "./printer.ts";
import {
  type ActiveRule,
  includesProfile,
  type Profile,
  type Rule,
  type RuleSetting,
} from "./rules/rule.ts";
import {
  checkOptions,
  parseSettings,
  type Setting,
  type ValidatorOptions,
} from "./validator_options.ts";
import type { Violation } from "./violation.ts";

/** The options and rules of one `validator()`. */
export class ValidatorContext {
  /** The name of this layer. */
  readonly name: string | undefined;
  /** Whether errors are thrown. */
  readonly throws: boolean;
  /** The application and its places. */
  readonly places: ProgramPlaces;
  /** Observes each request. */
  readonly observer: Observer | undefined;
  /** The memory of requests without findings. */
  readonly memory: LayerMemory = new LayerMemory();
  readonly #profile: Profile;
  readonly #settings: readonly Setting[];
  readonly #active = new Set<string>();
  readonly #onViolation: ((violation: Violation) => unknown) | undefined;
  readonly #printer: ViolationPrinter;
  /** The number of requests that have begun and are not closed. */
  #open = 0;

  /**
   * @param options The options of the user.
   * @param ids The ids of all rules, to find settings that match none.
   * @param places The application and its places.
   * @param observer Observes each request.
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
   * Selects the rules that this layer applies.
   *
   * @param rules Rules of one subject.
   * @returns The enabled rules, with their severity in this layer.
   */
  select<View>(rules: readonly Rule<View>[]): readonly ActiveRule<View>[] {
    const active: ActiveRule<View>[] = [];
    for (const rule of rules) {
      let isOffered = includesProfile(this.#profile, rule.profile);
      let setting: RuleSetting = isOffered ? rule.severity : "off";
      for (const { pattern, isGlob, setting: wanted } of this.#settings) {
        if (!pattern.test(rule.id)) continue;
        // A glob changes rules of the profile; only a full id adds one.
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
   * Returns whether this layer applies a rule.
   *
   * @param id The id of the rule.
   */
  applies(id: string): boolean {
    return this.#active.has(id);
  }

  /**
   * Counts a finding that would not be shown, so that it need not be described.
   *
   * @param id The id of the rule.
   * @returns Whether it was counted. If not, it must be reported.
   */
  countSilently(id: string): boolean {
    return this.#onViolation === undefined && this.observer === undefined &&
      this.#printer.countSilently(id);
  }

  /**
   * Passes a violation to `onViolation`, or prints it.
   *
   * @param violation The violation.
   * @param isThrown Whether it is also thrown, so that it need not be printed.
   */
  report(violation: Violation, isThrown: boolean): void {
    if (this.#onViolation !== undefined) this.#notify(violation);
    else if (!isThrown) this.#printer.print(violation);
  }

  /**
   * Reports a violation that was thrown and swallowed.
   *
   * @param violation The violation.
   */
  reportLost(violation: Violation): void {
    if (this.#onViolation === undefined) this.#printer.print(violation);
  }

  /** Calls the user's function. Its errors do not affect the request. */
  #notify(violation: Violation): void {
    try {
      const onViolation = this.#onViolation;
      const result = onViolation?.(violation);
      if (isThenable(result)) result.then(undefined, () => {});
    } catch {
      this.#printer.print(violation);
    }
  }

  /** The part of a message that names the layer that has seen a violation. */
  get where(): string {
    return this.name === undefined ? "" : `, seen by ${quote(this.name)}`;
  }

  /** Counts a request that has begun. */
  begin(): void {
    this.#open++;
  }

  /** Counts a request that was closed. */
  finish(): void {
    this.#open--;
  }

  /** Whether this layer looks for bodies that are collected without close(). */
  get watchesGarbage(): boolean {
    return this.#profile === "paranoid";
  }

  /** The number of requests that have begun and are not closed. */
  get open(): number {
    return this.#open;
  }
}
