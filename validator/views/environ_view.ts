/**
 * Reading an environ, each value once.
 *
 * @module
 */

import { CONVERSATION, Conversation } from "../wrap/checked_request.ts";
import { findSlips, type Slips } from "./environ_hints.ts";
import type { ActiveRules } from "../rules/table.ts";

/** The environ at the call of the application. */
export interface EnvironView {
  /** The arguments of the application. */
  readonly args: readonly unknown[];
  /** The first argument of the application. */
  readonly object: unknown;
  /** The second argument of the application. */
  readonly startResponse: unknown;
  /** The own enumerable properties of the environ, each read once. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Whether it is an environ as far as its type goes. */
  readonly isEnviron: boolean;
  /** What one look at all variables has found. */
  readonly slips: Slips | undefined;
  /** The request for which this layer was given the same object before. */
  readonly earlier: Conversation | undefined;
}

const NOTHING: Readonly<Record<string, unknown>> = Object.freeze({});

/** More layers than anybody stacks, in case something leads in a circle. */
const MAX_LAYERS = 100;

/**
 * Tells whether a value is a plain object, of this realm or another.
 *
 * @param value The value to test.
 * @returns Whether its prototype is `Object.prototype` or `null`.
 */
export function isPlainObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype) return true;
  // Another realm has another Object.prototype: the one without a prototype.
  return Object.getPrototypeOf(prototype) === null &&
    Object.hasOwn(prototype as object, "hasOwnProperty");
}

/** Finds this layer's own earlier request with the same environ. */
function findEarlier(
  last: Conversation,
  rules: ActiveRules,
  object: unknown,
): Conversation | undefined {
  let conversation: Conversation | undefined = last;
  for (let i = 0; conversation !== undefined && i < MAX_LAYERS; i++) {
    // A copy of the environ has the conversation too, but is another object.
    if (
      conversation.rules === rules && conversation.environ.object === object
    ) return conversation;
    conversation = conversation.outer;
  }
  return undefined;
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
  const values: Readonly<Record<string | symbol, unknown>> =
    typeof object === "object" && object !== null ? { ...object } : NOTHING;
  const isEnviron = args.length > 1 && isPlainObject(object);
  const last = values[CONVERSATION];
  return {
    args,
    object,
    startResponse: args[1],
    values,
    isEnviron,
    slips: isEnviron ? findSlips(values) : undefined,
    earlier: last instanceof Conversation
      ? findEarlier(last, rules, object)
      : undefined,
  };
}
