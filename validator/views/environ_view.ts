/**
 * The view of an environ.
 *
 * @module
 */

import type { EnvironHints } from "./environ_hints.ts";
import type { ResponseView } from "./response_view.ts";

/** The key by which the validators of one request find each other in its environ. */
export const CHECKED_REQUEST: unique symbol = Symbol.for("wsgiref.validator");

/** An earlier request of a layer with the same environ. */
export interface EarlierRequest {
  /** The environ of that request. */
  readonly environ: EnvironView;
  /** Whether it is over for that layer. */
  readonly isOver: boolean;
  /** Whether the application has thrown, or its body has. */
  readonly failed: boolean;
  /** Status and headers, once startResponse was called. */
  readonly response: ResponseView | undefined;
  /** The same request in the next layer towards the server. */
  readonly outer: EarlierRequest | undefined;
}

/** The environ at the call to the application. */
export interface EnvironView {
  /** The arguments of the application. */
  readonly args: readonly unknown[];
  /** The first argument of the application. */
  readonly object: unknown;
  /** The second argument of the application. */
  readonly startResponse: unknown;
  /** The own enumerable properties of the environ, each read once. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Whether its type is that of an environ. */
  readonly isEnviron: boolean;
  /** The faults of the variables. */
  readonly hints: EnvironHints | undefined;
  /** The request to which the environ leads, of this layer or another. */
  readonly linked: EarlierRequest | undefined;
  /** The request for which this layer got the same object before. */
  readonly earlier: EarlierRequest | undefined;
}

/**
 * Checks whether a value is a plain object, of this realm or another.
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
