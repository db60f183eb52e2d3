/**
 * Finds bodies that are collected as garbage without being closed.
 *
 * It is not reliable: garbage can be collected at any time, and bodies that
 * exist at the end of a program never are.
 *
 * @module
 */

import type { ValidatorContext } from "./context.ts";
import { originOf } from "./origin.ts";
import type { ActiveRule } from "./rules/rule.ts";
import type { OpenView } from "./views/body_views.ts";
import { toViolation } from "./violation.ts";

/** The facts that are kept about a body. They do not lead to the body. */
interface Watched {
  readonly context: ValidatorContext;
  readonly rules: readonly ActiveRule<OpenView>[];
  readonly request: string;
}

let registry: FinalizationRegistry<Watched> | undefined;

function report({ context, rules, request }: Watched): void {
  for (const active of rules) {
    const finding = active.check({ open: 0, collected: request });
    if (finding === undefined) continue;
    const origin = { ...originOf(context.places), request: request.trim() };
    context.report(
      toViolation(active, finding, active.rule.blame, context.where, origin),
      false,
    );
  }
}

/**
 * Watches a body until it is closed or collected.
 *
 * @param body The body that the server got.
 * @param token Identifies it for {@linkcode unwatchBody}.
 * @param watched The facts to report about it.
 */
export function watchBody(body: object, token: object, watched: Watched): void {
  registry ??= new FinalizationRegistry(report);
  registry.register(body, watched, token);
}

/**
 * Stops watching a body, because it was closed.
 *
 * @param token The token with which it is watched.
 */
export function unwatchBody(token: object): void {
  registry?.unregister(token);
}
