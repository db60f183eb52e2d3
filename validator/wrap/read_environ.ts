/**
 * Reads an environ, each value once.
 *
 * @module
 */

import type { ActiveRules } from "../rules/active_rules.ts";
import { type EnvironHints, findEnvironHints } from "../views/environ_hints.ts";
import {
  CHECKED_REQUEST,
  type EnvironView,
  isPlainObject,
} from "../views/environ_view.ts";
import { CheckedErrors } from "./checked_errors.ts";
import { CheckedInput } from "./checked_input.ts";
import { CheckedRequest } from "./checked_request.ts";

type Values = Readonly<Record<string | symbol, unknown>>;

const NOTHING: Readonly<Record<string, unknown>> = Object.freeze({});

/** The maximum number of layers, in case they form a circle. */
const MAX_LAYERS = 100;

/** Finds an earlier request of the same layer with the same environ. */
function findEarlier(
  last: CheckedRequest,
  rules: ActiveRules,
  object: unknown,
): CheckedRequest | undefined {
  let request: CheckedRequest | undefined = last;
  for (let i = 0; request !== undefined && i < MAX_LAYERS; i++) {
    // A copy of the environ leads to the request too.
    if (
      request.rules === rules && request.environ.object === object
    ) return request;
    request = request.outer;
  }
  return undefined;
}

/**
 * Finds the request to which an environ leads. Middleware may have copied only
 * string keys, without the symbol, or created an object that inherits from it. It
 * still has the streams of the outer layer.
 */
function findLinked(
  object: unknown,
  values: Values,
  isEnviron: boolean,
): CheckedRequest | undefined {
  let linked = values[CHECKED_REQUEST];
  if (linked instanceof CheckedRequest) return linked;
  const input = values["wsgi.input"];
  if (input instanceof CheckedInput) return input.request;
  const errors = values["wsgi.errors"];
  if (errors instanceof CheckedErrors) return errors.request;
  // Only an object with a prototype of its own can inherit the symbol.
  if (isEnviron || typeof object !== "object") return undefined;
  try {
    linked = (object as Record<symbol, unknown> | null)?.[CHECKED_REQUEST];
  } catch {
    // A proxy may throw.
  }
  return linked instanceof CheckedRequest ? linked : undefined;
}

/** Finds the request to which an environ leads that is at the wrong place. */
function findMisplaced(args: readonly unknown[]): CheckedRequest | undefined {
  if (args.length === 2 && typeof args[1] === "function") return undefined;
  const [first, second] = args as readonly (
    Readonly<Record<PropertyKey, unknown>> | null | undefined
  )[];
  try {
    const linked = second?.[CHECKED_REQUEST] ??
      (first?.["environ"] as typeof second)?.[CHECKED_REQUEST];
    return linked instanceof CheckedRequest ? linked : undefined;
  } catch {
    // A proxy may throw.
    return undefined;
  }
}

/**
 * Reads the environ that the server passes to the application.
 *
 * @param args The arguments of the call.
 * @param rules The rules of this layer, which identify it.
 * @returns The view.
 */
export function readEnviron(
  args: readonly unknown[],
  rules: ActiveRules,
): EnvironView {
  const object = args[0];
  // A spread reads each own property once, even through a proxy.
  const values: Values = typeof object === "object" && object !== null
    ? { ...object }
    : NOTHING;
  const isEnviron = args.length > 1 && isPlainObject(object);
  const linked = findLinked(object, values, isEnviron) ??
    findMisplaced(args);
  const earlier = linked === undefined
    ? undefined
    : findEarlier(linked, rules, object);
  return new ReadEnviron(args, values, isEnviron, linked, earlier);
}

/** The view of an environ. Its faults are looked for only when needed. */
class ReadEnviron implements EnvironView {
  readonly args: readonly unknown[];
  readonly object: unknown;
  readonly startResponse: unknown;
  readonly values: Values;
  readonly isEnviron: boolean;
  readonly linked: CheckedRequest | undefined;
  readonly earlier: CheckedRequest | undefined;
  #hints: EnvironHints | undefined;
  #isSearched = false;

  constructor(
    args: readonly unknown[],
    values: Values,
    isEnviron: boolean,
    linked: CheckedRequest | undefined,
    earlier: CheckedRequest | undefined,
  ) {
    this.args = args;
    this.object = args[0];
    this.startResponse = args[1];
    this.values = values;
    this.isEnviron = isEnviron;
    this.linked = linked;
    this.earlier = earlier;
  }

  /** The faults of the variables. */
  get hints(): EnvironHints | undefined {
    if (!this.#isSearched) {
      this.#isSearched = true;
      if (this.isEnviron) this.#hints = findEnvironHints(this.values);
    }
    return this.#hints;
  }
}
