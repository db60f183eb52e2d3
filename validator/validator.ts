/**
 * {@linkcode validator}: checks every call between server and application.
 *
 * @module
 */

import type { Application, ResponseBody } from "../wsgi/types.ts";
import { type Capture, capture } from "./captures.ts";
import { ConformanceError } from "./conformance_error.ts";
import { ValidatorContext } from "./context.ts";
import type { Observer } from "./observer.ts";
import { originOf } from "./origin.ts";
import { ProgramPlaces } from "./places.ts";
import { activate } from "./rules/active_rules.ts";
import { CALLABLE_RULES } from "./rules/application.ts";
import { OPEN_RULES } from "./rules/close.ts";
import type { Rule } from "./rules/rule.ts";
import { RULES } from "./rules/table.ts";
import type { ValidatorOptions } from "./validator_options.ts";
import { toViolation } from "./violation.ts";
import { callChecked } from "./wrap/checked_call.ts";

/** The result of {@linkcode validator}. */
export interface ValidatedApplication extends Application {
  /**
   * Throws if a request through this validator has begun and was never closed.
   * Call it at the end of a test.
   *
   * @throws {ConformanceError} If there is such a request.
   */
  assertFinished(): void;
}

/**
 * Wraps an application and checks every call in both directions.
 *
 * It checks the application as well as the server or middleware that calls it.
 * A broken rule is immediately thrown as a {@linkcode ConformanceError} into
 * the code that broke it. The error states the rule, who broke it, where, what
 * was expected, what was found, and how to fix it. Nothing else changes: arrays
 * stay arrays, sync stays sync, and bytes and errors pass through.
 *
 * Validators can be stacked around middleware. They know about each other and
 * report which layer broke a rule.
 *
 * See PEP 3333, and Python's `wsgiref.validate.validator`.
 *
 * @param app The application to check.
 * @param options The rules to check, and how to report findings.
 * @returns The application, checked.
 * @throws {ConformanceError} If `app` is not a function.
 * @throws {TypeError} If an option is wrong.
 *
 * @example Usage
 * ```ts
 * import { type Application, makeServer, validator } from "@wsgi/ref";
 * import { assertEquals } from "@std/assert";
 *
 * const app: Application = (_environ, startResponse) => {
 *   startResponse("200 OK", [["Content-Type", "text/plain"]]);
 *   return [new TextEncoder().encode("Hello world!\n")];
 * };
 *
 * await using server = makeServer("127.0.0.1", 0, validator(app), { log: false });
 * server.serveForever();
 * const response = await fetch(server.url);
 * assertEquals(response.status, 200);
 * await response.body?.cancel();
 * ```
 */
export function validator(
  app: Application,
  options: ValidatorOptions = {},
): ValidatedApplication {
  return validateWith(app, options, { stack: capture(validator) });
}

/** Options that only the programs of this package use. */
export interface ValidatorInternals {
  /** Observes each request. */
  readonly observer?: Observer | undefined;
  /** The user's application, if `app` only passes calls on to it. */
  readonly program?: Application | undefined;
  /** The URL of the module that exports the application. */
  readonly module?: string | undefined;
  /** The stack at the creation of the validator. */
  readonly stack?: Capture | undefined;
}

/**
 * Wraps an application as {@linkcode validator} does, for the programs of this
 * package.
 *
 * @param app The application to check.
 * @param options The options of `validator()`.
 * @param internals The options for programs of this package.
 * @returns The application, checked.
 * @throws {ConformanceError} If `app` is not a function.
 * @throws {TypeError} If an option is wrong.
 */
export function validateWith(
  app: Application,
  options: ValidatorOptions,
  internals: ValidatorInternals,
): ValidatedApplication {
  const { observer, module, program = app, stack = capture(validateWith) } =
    internals;
  const places = new ProgramPlaces(program, { module, made: stack });
  const ids = RULES.map((rule) => rule.id);
  const context = new ValidatorContext(options, ids, places, observer);
  enforce(CALLABLE_RULES, { app }, context, stack);
  const rules = activate((rules) => context.select(rules));
  const validated = (
    ...args: unknown[]
  ): ResponseBody | Promise<ResponseBody> => {
    return callChecked(app, context, rules, args, validated);
  };
  // Layers around this one name the application, not the validator.
  Object.defineProperty(validated, "name", {
    value: program.name,
    configurable: true,
  });
  function assertFinished(): void {
    const { open } = context;
    enforce(OPEN_RULES, { open }, context, capture(assertFinished));
  }
  return Object.assign(validated as Application, { assertFinished });
}

/** Applies rules outside of requests. No option can switch them off. */
function enforce<View>(
  rules: readonly Rule<View>[],
  view: View,
  context: ValidatorContext,
  captured: Capture,
): void {
  for (const rule of rules) {
    const finding = rule.check(view);
    if (finding === undefined) continue;
    const active = { rule, severity: rule.severity, check: rule.check };
    const origin = originOf(context.places, captured);
    throw new ConformanceError(
      toViolation(active, finding, rule.blame, context.where, origin),
      captured.stack,
    );
  }
}
