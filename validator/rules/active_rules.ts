/**
 * The rules that one layer applies.
 *
 * @module
 */

import type { ActiveRule, Rule } from "./rule.ts";
import { type RuleTable, TABLE } from "./table.ts";

/** The rules that a layer applies, by moment. */
type RulesByMoment<Moments extends keyof RuleTable> = {
  readonly [Moment in Moments]: RuleTable[Moment] extends
    readonly Rule<infer View>[] ? readonly ActiveRule<View>[]
    : never;
};

/** The moments at which most calls are plain. */
type PlainMoment =
  | "call"
  | "start"
  | "started"
  | "return"
  | "chunk"
  | "bytes"
  | "end"
  | "closing";

/** The rules of one layer, by moment. */
export interface ActiveRules extends RulesByMoment<keyof RuleTable> {
  /** The rules that a plain call can break. */
  readonly plain: RulesByMoment<PlainMoment>;
}

/**
 * Rules that no plain call can break. They are not applied to plain calls.
 * `wrap/plain_moments.ts` decides what is plain:
 *
 * - `call`: two arguments, of which the second is a function.
 * - `start`, `started`: the first call, with status and headers alone, while the
 *   response is not over; the server returned a function.
 * - `return`: an array without `close` and with the iterator of all arrays.
 * - `chunk`: a `Uint8Array` over fixed memory that is not empty, after
 *   startResponse was called, and nothing was refused.
 * - `bytes`: such a chunk of a response that has content, without a coding.
 * - `end`: after startResponse was called and nothing was refused; a whole
 *   response with a Content-Type.
 * - `closing`: the first close() of an array, on it and without arguments.
 */
const KEPT_BY_PLAIN: Readonly<Record<PlainMoment, readonly string[]>> = {
  call: ["application/arguments", "application/start-response"],
  start: [
    "start-response/arguments",
    "start-response/after-end",
    "start-response/called-twice",
    "start-response/exc-info",
  ],
  started: ["start-response/returns-write", "start-response/rethrows"],
  return: [
    "body/string",
    "body/bytes",
    "body/iterable",
    "body/close-function",
    "body/array-iterator",
    "body/one-protocol",
  ],
  chunk: [
    "body/chunk",
    "body/array-hole",
    "start-response/late",
    "start-response/exc-info-caught",
    "start-response/refusal-caught",
  ],
  bytes: [
    "chunk/detached",
    "chunk/out-of-bounds",
    "chunk/shared",
    "chunk/resizable",
    "body/empty-chunks",
    "body/no-content",
    "body/head",
    "http/not-encoded",
  ],
  end: [
    "start-response/never-called",
    "start-response/exc-info-caught",
    "start-response/refusal-caught",
    "http/content-type",
    "http/206-body",
  ],
  closing: [
    "close/called-twice",
    "close/not-on-body",
    "close/arguments",
    "close/without-return",
    "close/unread",
    "close/never-begun",
  ],
};

/** Selects the rules that a plain call can break. */
function toPlain(
  active: Readonly<Record<string, readonly ActiveRule<never>[]>>,
): Record<string, unknown> {
  const plain = Object.entries(KEPT_BY_PLAIN).map(([moment, kept]) => {
    const rules = active[moment] ?? [];
    return [moment, rules.filter(({ rule }) => !kept.includes(rule.id))];
  });
  return Object.fromEntries(plain);
}

/**
 * Selects the rules that a layer applies.
 *
 * @param select Selects from the rules of one moment.
 * @returns The rules of the layer by moment.
 */
export function activate(
  select: <View>(rules: readonly Rule<View>[]) => readonly ActiveRule<View>[],
): ActiveRules {
  const active: Record<string, readonly ActiveRule<never>[]> = {};
  for (
    const [moment, rules] of Object.entries<readonly Rule<never>[]>({
      ...TABLE,
    })
  ) {
    active[moment] = select(rules);
  }
  return { ...active, plain: toPlain(active) } as unknown as ActiveRules;
}
