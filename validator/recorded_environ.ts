/**
 * {@linkcode RecordedEnviron}: records which variables each check reads.
 *
 * @module
 */

import type { ActiveRule } from "./rules/rule.ts";
import {
  type EnvironHints,
  isPlainVariable,
  kindOfVariable,
} from "./views/environ_hints.ts";
import type { EarlierRequest, EnvironView } from "./views/environ_view.ts";

/** A rule about the environ. */
export type EnvironRule = ActiveRule<EnvironView>;
type Values = EnvironView["values"];

/** The maximum number of further values that are remembered of a variable. */
const MAX_VALUES = 64;

/** One variable of an environ that broke no rule. */
export class GoodVariable {
  readonly key: string;
  /** Its value, if it cannot change inside. */
  readonly value: unknown;
  /** The properties of its name. */
  readonly kind: number;
  /** Whether the variable has no fault by itself. */
  readonly isPlain: boolean;
  /** Whether the value cannot change inside. */
  readonly isFixed: boolean;
  /** The rules that have read its value. */
  readonly rules: readonly EnvironRule[];
  /** Other values with which the same environ broke no rule. */
  #others: Set<string> | undefined;

  /**
   * @param key The name.
   * @param value The value with which the environ was recorded.
   * @param rules The rules that have read it.
   */
  constructor(key: string, value: unknown, rules: readonly EnvironRule[]) {
    this.key = key;
    this.isFixed = isFixed(value);
    this.value = this.isFixed ? value : MUTABLE;
    this.kind = kindOfVariable(key);
    this.isPlain = isPlainVariable(this.kind, value);
    this.rules = rules;
  }

  /**
   * Returns whether the environ broke no rule with this value.
   *
   * @param value Another value of the variable.
   */
  knows(value: string): boolean {
    return this.#others?.has(value) === true;
  }

  /** Whether no further value can be remembered. */
  get isFull(): boolean {
    return this.#others?.size === MAX_VALUES;
  }

  /**
   * Remembers a value with which the environ broke no rule, while all other
   * variables were the same. The port of the client has one for each connection.
   *
   * @param value A value that the variable does not know yet.
   */
  learn(value: string): void {
    (this.#others ??= new Set()).add(value);
  }
}

/** In place of values that must be checked again. */
const MUTABLE = Symbol();

/** Returns whether a value always passes or fails the same checks. */
function isFixed(value: unknown): boolean {
  if (Object(value) !== value || typeof value === "function") return true;
  return Array.isArray(value) && Object.isFrozen(value) &&
    value.every((element) => Object(element) !== element);
}

/** An environ that broke no rule. */
export interface GoodEnviron {
  /** The names of the variables. */
  readonly keys: readonly string[];
  /** Their values. Comparing two arrays is faster than reading many objects. */
  readonly values: unknown[];
  readonly variables: readonly GoodVariable[];
  /** The rules that have read more than single variables. */
  readonly again: readonly EnvironRule[];
  /** The number of environs that were like this one. */
  uses: number;
}

/** An environ that records which of its variables each check reads. */
export class RecordedEnviron implements EnvironView {
  readonly values: Values;
  readonly isEnviron: boolean;
  readonly hints: EnvironHints | undefined;
  readonly #view: EnvironView;
  #sawMore = false;
  readonly #keys = new Set<string>();
  readonly #rules = new Map<string, EnvironRule[]>();
  readonly #again: EnvironRule[] = [];

  /** @param view The environ. */
  constructor(view: EnvironView) {
    this.#view = view;
    this.isEnviron = view.isEnviron;
    this.hints = view.hints;
    this.values = new Proxy(view.values, {
      get: (values, key) => Reflect.get(values, this.#note(key)),
      has: (values, key) => Reflect.has(values, this.#note(key)),
      getOwnPropertyDescriptor: (values, key) =>
        Reflect.getOwnPropertyDescriptor(values, this.#note(key)),
      ownKeys: (values) => {
        this.#sawMore = true;
        return Reflect.ownKeys(values);
      },
    });
  }

  #note(key: string | symbol): string | symbol {
    if (typeof key === "string") this.#keys.add(key);
    else this.#sawMore = true;
    return key;
  }

  #more(): EnvironView {
    this.#sawMore = true;
    return this.#view;
  }

  /** The arguments of the application. */
  get args(): readonly unknown[] {
    return this.#more().args;
  }

  /** The first argument of the application. */
  get object(): unknown {
    return this.#more().object;
  }

  /** The second argument of the application. */
  get startResponse(): unknown {
    return this.#more().startResponse;
  }

  /**
   * The request for which this layer got the same object before. An environ with
   * one is never like another.
   */
  get earlier(): EarlierRequest | undefined {
    return this.#view.earlier;
  }

  /** The request to which the environ leads. */
  get linked(): EarlierRequest | undefined {
    return this.#more().linked;
  }

  /** A check begins. */
  begin(): void {
    this.#sawMore = false;
    this.#keys.clear();
  }

  /**
   * It has ended.
   *
   * @param rule The rule whose check has read the variables.
   */
  end(rule: EnvironRule): void {
    // In a similar environ, the same variables are present.
    if (rule.rule.isAboutPresence === true) return;
    if (this.#sawMore) {
      this.#again.push(rule);
      return;
    }
    for (const key of this.#keys) {
      const rules = this.#rules.get(key) ?? [];
      this.#rules.set(key, rules);
      rules.push(rule);
    }
  }

  /**
   * Returns whether the check has read nothing but single variables that are
   * allowed.
   *
   * @param isAllowed Returns whether a variable, by its name, is allowed.
   */
  readsOnly(isAllowed: (key: string) => boolean): boolean {
    return !this.#sawMore && [...this.#keys].every(isAllowed);
  }

  /** Returns the part of it that is remembered. */
  toGood(): GoodEnviron {
    const { values } = this.#view;
    const variables: GoodVariable[] = [];
    for (const key in values) {
      const rules = this.#rules.get(key) ?? [];
      variables.push(new GoodVariable(key, values[key], rules));
    }
    // A check may have read a variable that does not exist.
    for (const [key, rules] of this.#rules) {
      if (!Object.hasOwn(values, key)) rules.length = 0;
    }
    return {
      keys: variables.map(({ key }) => key),
      values: variables.map(({ value }) => value),
      variables,
      again: this.#again,
      uses: 0,
    };
  }
}
