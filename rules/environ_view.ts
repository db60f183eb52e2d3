/**
 * Reading an environ, each value once.
 *
 * @module
 */

import type { EnvironView } from "./views.ts";

const NOTHING: Readonly<Record<string, unknown>> = Object.freeze({});

/**
 * Reads what the server hands to the application.
 *
 * @param args The arguments of the call.
 * @returns What was read.
 */
export function readEnviron(args: readonly unknown[]): EnvironView {
  const object = args[0];
  // A spread reads each own property once, whatever is behind it.
  const values = typeof object === "object" && object !== null
    ? { ...object } as Record<string, unknown>
    : NOTHING;
  return { object, values, keys: Object.keys(values), startResponse: args[1] };
}
