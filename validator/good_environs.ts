/**
 * Remembers environs that broke no rule, so that only variables that differ are
 * checked again.
 *
 * @module
 */

import {
  type EnvironRule,
  type GoodEnviron,
  type GoodVariable,
  RecordedEnviron,
} from "./recorded_environ.ts";
import { isPlainVariable } from "./views/environ_hints.ts";
import type { EnvironView } from "./views/environ_view.ts";

type Values = EnvironView["values"];

function keeps(rules: readonly EnvironRule[], view: EnvironView): boolean {
  for (let i = 0; i < rules.length; i++) {
    if (rules[i]!.check(view) !== undefined) return false;
  }
  return true;
}

function isGood(
  { isPlain, kind, rules }: GoodVariable,
  value: unknown,
  view: EnvironView,
): boolean {
  return isPlain && isPlainVariable(kind, value) && keeps(rules, view);
}

/**
 * Returns whether an environ breaks no rule, as a similar one. Only the rules that
 * have read a variable that differs are applied again.
 */
function isLike(good: GoodEnviron, view: EnvironView): boolean {
  if (view.earlier !== undefined) return false;
  const { keys, values: known, variables } = good;
  const { values } = view;
  let i = -1;
  let first: GoodVariable | undefined;
  let differing = 0;
  // In a copy, for-in reads values without a lookup.
  for (const key in values) {
    if (keys[++i] !== key) return false;
    const value = values[key];
    if (known[i] === value) continue;
    const variable = variables[i]!;
    if (typeof value === "string" && ++differing === 1) first = variable;
    else if (!isGood(variable, value, view)) return false;
  }
  if (i !== keys.length - 1 || !keeps(good.again, view)) return false;
  if (first !== undefined) {
    const value = values[first.key] as string;
    const isOnly = differing === 1;
    if (!isOnly || !first.knows(value)) {
      if (!isGood(first, value, view)) return false;
      const isLearned = isOnly && !first.isFull &&
        readsFixed(good, first, view);
      if (isLearned) first.learn(value);
    }
  }
  if (++good.uses % USES_PER_REFRESH === 0) refresh(good, values);
  return true;
}

/**
 * Returns whether the rules that have read a variable only read variables that
 * have the same value in all environs like this one. With other values of the
 * variable, they may read others.
 */
function readsFixed(
  { keys, variables }: GoodEnviron,
  { rules }: GoodVariable,
  view: EnvironView,
): boolean {
  const recorded = new RecordedEnviron(view);
  return rules.every((rule) => {
    recorded.begin();
    rule.check(recorded);
    return recorded.readsOnly((key) =>
      variables[keys.indexOf(key)]?.isFixed !== false
    );
  });
}

/** The number of environs after which the strings are replaced. */
const USES_PER_REFRESH = 256;

/**
 * Replaces strings by equal ones of a later environ. A server may use the same
 * strings for many requests, and comparing a string with itself is faster.
 */
function refresh({ keys, values: known }: GoodEnviron, values: Values): void {
  keys.forEach((key, index) => {
    if (known[index] === values[key]) known[index] = values[key];
  });
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
