/**
 * Remembers environs that broke no rule, so that only variables that differ are
 * checked again.
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

type EnvironRule = ActiveRule<EnvironView>;
type Values = EnvironView["values"];

/** One variable of an environ that broke no rule. */
interface GoodVariable {
  readonly key: string;
  /** Its value, if it is a primitive; objects may change inside. */
  readonly value: unknown;
  readonly kind: number;
  /** Whether the variable has no fault by itself. */
  readonly isPlain: boolean;
  /** The rules that have read it. */
  readonly rules: readonly EnvironRule[];
}

/** In place of values that must be checked again. */
const MUTABLE = Symbol();

/** An environ that broke no rule. */
interface GoodEnviron {
  readonly variables: readonly GoodVariable[];
  /** The rules that have read more than single variables. */
  readonly again: readonly EnvironRule[];
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

  /** The request for which this layer got the same object before. */
  get earlier(): EarlierRequest | undefined {
    return this.#more().earlier;
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
   * @param rule The rule.
   */
  end(rule: EnvironRule): void {
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

  /** Returns the part of it that is remembered. */
  toGood(): GoodEnviron {
    const { values } = this.#view;
    const variables: GoodVariable[] = [];
    for (const key in values) {
      const value = values[key];
      const kind = kindOfVariable(key);
      variables.push({
        key,
        value: Object(value) === value ? MUTABLE : value,
        kind,
        isPlain: isPlainVariable(kind, value),
        rules: this.#rules.get(key) ?? [],
      });
    }
    // A check may have read a variable that does not exist.
    for (const [key, rules] of this.#rules) {
      if (!Object.hasOwn(values, key)) rules.length = 0;
    }
    return { variables, again: this.#again };
  }
}

function keeps(rules: readonly EnvironRule[], view: EnvironView): boolean {
  for (let i = 0; i < rules.length; i++) {
    if (rules[i]!.check(view) !== undefined) return false;
  }
  return true;
}

/**
 * Whether an environ has the same variables, and follows the rules about
 * others.
 */
function isLike(good: GoodEnviron, view: EnvironView): boolean {
  const { variables } = good;
  const { values } = view;
  let i = 0;
  // In a copy, for-in reads values without a lookup.
  for (const key in values) {
    const before = variables[i++];
    if (before === undefined || before.key !== key) return false;
    const value = values[key];
    if (before.value === value) continue;
    if (!before.isPlain || !isPlainVariable(before.kind, value)) return false;
    if (!keeps(before.rules, view)) return false;
  }
  return i === variables.length && keeps(good.again, view);
}

/** The number of environs. Clients differ in the headers that they send. */
const MAX_ENVIRONS = 4;
/**
 * The number of environs that are remembered without exception; later ones are
 * remembered now and then.
 */
const MAX_AT_ONCE = 8;

/** The environs of one layer that broke no rule. */
export class GoodEnvirons {
  readonly #known: GoodEnviron[] = [];
  #misses = 0;

  /**
   * Returns whether an environ certainly breaks no rule. If not, the rules must
   * be applied.
   *
   * @param view The environ.
   */
  includes(view: EnvironView): boolean {
    if (!view.isEnviron) return false;
    const known = this.#known;
    for (let i = 0; i < known.length; i++) {
      const good = known[i]!;
      if (!isLike(good, view)) continue;
      if (i > 0) {
        known[i] = known[0]!;
        known[0] = good;
      }
      return true;
    }
    return false;
  }

  /** Returns whether the environ that is checked next should be remembered. */
  wantsMore(): boolean {
    const misses = this.#misses++;
    return misses < MAX_AT_ONCE || Number.isInteger(Math.log2(misses));
  }

  /**
   * Remembers an environ.
   *
   * @param environ The environ, which broke no rule.
   */
  add(environ: RecordedEnviron): void {
    if (!environ.isEnviron) return;
    this.#known.unshift(environ.toGood());
    this.#known.length = Math.min(this.#known.length, MAX_ENVIRONS);
  }
}
