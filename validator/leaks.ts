/**
 * Finding bodies that are never closed, when they are collected as garbage.
 *
 * A bonus: nobody knows when that is, and at the end of a program it is never.
 *
 * @module
 */

import type { ValidatorContext } from "./context.ts";
import { originOf } from "./origin.ts";
import type { ActiveRule } from "./rules/rule.ts";
import type { OpenView } from "./views/body_views.ts";
import { toViolation } from "./violation.ts";

/** What is kept of a body. Nothing in it leads to the body. */
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
 * @param token What it is to be forgotten by.
 * @param watched What is reported of it.
 */
export function watchBody(body: object, token: object, watched: Watched): void {
  registry ??= new FinalizationRegistry(report);
  registry.register(body, watched, token);
}

/**
 * Stops watching a body: it was closed.
 *
 * @param token The token with which it is watched.
 */
export function unwatchBody(token: object): void {
  registry?.unregister(token);
}
