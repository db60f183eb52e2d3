/**
 * Determines who broke a rule if several layers observe the same request: a
 * layer on each side of middleware shows whether it is to blame.
 *
 * @module
 */

import { quote } from "../wsgi/describe.ts";
import type { ValidatorContext } from "./context.ts";
import type { Blame } from "./rules/rule.ts";

/** One request in one layer, with the layers around it. */
export interface Layer {
  /** The layer. */
  readonly context: ValidatorContext;
  /** The layer between this one and the server. */
  readonly outer: Layer | undefined;
  /** The layer between this one and the application. */
  readonly inner: Layer | undefined;
  /**
   * Returns whether this layer has found a broken rule in this request.
   *
   * @param id The id of the rule.
   */
  hasFound(id: string): boolean;
}

/**
 * Determines who broke a rule. If a layer nearer to the culprit has this rule
 * and has found nothing, the middleware in between broke it.
 *
 * @param layer The layer that has found it.
 * @param blame Who breaks the rule if there is no other layer.
 * @param id The id of the rule.
 * @returns Who broke it; `undefined` if a nearer layer has reported it.
 */
export function findCulprit(
  layer: Layer,
  blame: Blame,
  id: string,
): Blame | undefined {
  if (blame === "middleware") return blame;
  const side = blame === "server" ? "outer" : "inner";
  let culprit: Blame = blame;
  for (let next = layer[side]; next !== undefined; next = next[side]) {
    if (next.hasFound(id)) return undefined;
    if (next.context.applies(id)) culprit = "middleware";
  }
  return culprit;
}

/**
 * Names the layer that has found a broken rule, or the layers around the
 * middleware that broke it.
 *
 * @param layer The layer that has found it.
 * @param culprit Who broke it.
 * @param side Who breaks the rule if there is no other layer.
 * @returns A part of the message.
 */
export function whereOf(layer: Layer, culprit: Blame, side: Blame): string {
  if (culprit !== "middleware") return layer.context.where;
  const { name } = layer.context;
  // A rule that blames middleware has looked at the inner layer.
  const next = (side === "server" ? layer.outer : layer.inner)!;
  const other = next.context.name;
  const [outside, inside] = side === "server" ? [other, name] : [name, other];
  if (outside === undefined) {
    return inside === undefined ? "" : ` around ${quote(inside)}`;
  }
  return inside === undefined
    ? ` inside of ${quote(outside)}`
    : ` between ${quote(outside)} and ${quote(inside)}`;
}
