/**
 * Reading an environ, each value once.
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

/** More layers than anybody stacks, in case something leads in a circle. */
const MAX_LAYERS = 100;

/** Finds this layer's own earlier request with the same environ. */
function findEarlier(
  last: CheckedRequest,
  rules: ActiveRules,
  object: unknown,
): CheckedRequest | undefined {
  let request: CheckedRequest | undefined = last;
  for (let i = 0; request !== undefined && i < MAX_LAYERS; i++) {
    // A copy of the environ has the request too, but is another object.
    if (
      request.rules === rules && request.environ.object === object
    ) return request;
    request = request.outer;
  }
  return undefined;
}

/**
 * Finds the request to which an environ leads. Middleware may have copied it by
 * its string keys, which leaves out the symbol, or put an object in front of it;
 * the streams of the layer outside are still there.
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
  // Only an object with another one behind it can inherit the symbol.
  if (isEnviron || typeof object !== "object") return undefined;
  try {
    linked = (object as Record<symbol, unknown> | null)?.[CHECKED_REQUEST];
  } catch {
    // A proxy may throw.
  }
  return linked instanceof CheckedRequest ? linked : undefined;
}

/**
 * Reads what the server hands to the application.
 *
 * @param args The arguments of the call.
 * @param rules The rules of this layer, by which it knows itself.
 * @returns What was read.
 */
export function readEnviron(
  args: readonly unknown[],
  rules: ActiveRules,
): EnvironView {
  const object = args[0];
  // A spread reads each own property once, whatever is behind it.
  const values: Values = typeof object === "object" && object !== null
    ? { ...object }
    : NOTHING;
  const isEnviron = args.length > 1 && isPlainObject(object);
  const linked = findLinked(object, values, isEnviron);
  const earlier = linked === undefined
    ? undefined
    : findEarlier(linked, rules, object);
  return new ReadEnviron(args, values, isEnviron, linked, earlier);
}

/** An environ that was read. All its variables are looked at only if need be. */
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

  /** What one look at all variables has found. */
  get hints(): EnvironHints | undefined {
    if (!this.#isSearched) {
      this.#isSearched = true;
      if (this.isEnviron) this.#hints = findEnvironHints(this.values);
    }
    return this.#hints;
  }
}
