/**
 * {@linkcode validator}: checks every call between server and application.
 *
 * @module
 */

import { ignoreRejection, isThenable } from "../wsgi/describe.ts";
import type {
  Application,
  Environ,
  ErrorStream,
  InputStream,
  ResponseBody,
  StartResponse,
} from "../wsgi/types.ts";
import { ValidatorContext, type ValidatorOptions } from "./context.ts";
import type { Entry } from "./findings.ts";
import { RecordedEnviron } from "./good_environs.ts";
import { beginObserving, type Observer } from "./observer.ts";
import { originOf } from "./origin.ts";
import { type Capture, capture } from "./captures.ts";
import { ProgramPlaces } from "./places.ts";
import { CALLABLE_RULES } from "./rules/application.ts";
import { OPEN_RULES } from "./rules/close.ts";
import type { Rule } from "./rules/rule.ts";
import { activate, type ActiveRules, RULES } from "./rules/table.ts";
import { CHECKED_REQUEST } from "./views/environ_view.ts";
import { ConformanceError } from "./conformance_error.ts";
import { toViolation } from "./violation.ts";
import { checkedBody, checkedFileWrapper } from "./wrap/checked_body.ts";
import { CheckedErrors } from "./wrap/checked_errors.ts";
import { CheckedInput } from "./wrap/checked_input.ts";
import { CheckedRequest } from "./wrap/checked_request.ts";
import { checkedSignal } from "./wrap/checked_signal.ts";
import { checkedStartResponse } from "./wrap/checked_start_response.ts";
import { readEnviron } from "./wrap/read_environ.ts";

/** What {@linkcode validator} returns. */
export interface ValidatedApplication extends Application {
  /**
   * Throws if a request through this validator was begun and never closed. For
   * the end of a test.
   *
   * @throws {ConformanceError} If there is such a request.
   */
  assertFinished(): void;
}

/** Sets a variable, if the environ lets itself be changed. */
function replace(environ: object, key: PropertyKey, value: unknown): void {
  try {
    (environ as Record<PropertyKey, unknown>)[key] = value;
  } catch {
    // That it is frozen was reported.
  }
}

function wrapInput(request: CheckedRequest, input: object): CheckedInput {
  return new CheckedInput(
    request,
    input instanceof CheckedInput
      ? input.streamFor(request)
      : input as InputStream,
  );
}

function wrapErrors(request: CheckedRequest, errors: object): CheckedErrors {
  return new CheckedErrors(
    request,
    errors instanceof CheckedErrors
      ? errors.streamFor(request)
      : errors as ErrorStream,
  );
}

/** Puts what observes into the environ, in place of what the server has given. */
function wrapVariables(
  request: CheckedRequest,
  environ: Record<PropertyKey, unknown>,
): void {
  const { values } = request.environ;
  const input = values["wsgi.input"];
  const errors = values["wsgi.errors"];
  const wrap = values["wsgi.file_wrapper"];
  const signal = values["wsgiref.signal"];
  const checked = {
    input: isStream(input) ? wrapInput(request, input) : input,
    errors: isStream(errors) ? wrapErrors(request, errors) : errors,
    wrap: typeof wrap === "function"
      ? checkedFileWrapper(request, wrap as () => unknown)
      : wrap,
    signal: typeof signal === "function"
      ? checkedSignal(request, signal as () => unknown)
      : signal,
  };
  try {
    // Names that are written out are several times faster than a loop over them.
    environ[CHECKED_REQUEST] = request;
    if (checked.input !== input) environ["wsgi.input"] = checked.input;
    if (checked.errors !== errors) environ["wsgi.errors"] = checked.errors;
    if (checked.wrap !== wrap) environ["wsgi.file_wrapper"] = checked.wrap;
    if (checked.signal !== signal) environ["wsgiref.signal"] = checked.signal;
  } catch {
    // One of them cannot be set; others may.
    replace(environ, CHECKED_REQUEST, request);
    if (checked.input !== input) replace(environ, "wsgi.input", checked.input);
    if (checked.errors !== errors) {
      replace(environ, "wsgi.errors", checked.errors);
    }
    if (checked.wrap !== wrap) {
      replace(environ, "wsgi.file_wrapper", checked.wrap);
    }
    if (checked.signal !== signal) {
      replace(environ, "wsgiref.signal", checked.signal);
    }
  }
}

function isStream(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function call(
  app: Application,
  context: ValidatorContext,
  rules: ActiveRules,
  args: readonly unknown[],
  entry: Entry,
): ResponseBody | Promise<ResponseBody> {
  const view = readEnviron(args, rules);
  const request = new CheckedRequest(context, rules, view);
  request.edge = entry;
  try {
    return callChecked(app, request, args, entry);
  } finally {
    request.edge = undefined;
  }
}

function callChecked(
  app: Application,
  request: CheckedRequest,
  args: readonly unknown[],
  entry: Entry,
): ResponseBody | Promise<ResponseBody> {
  const { context, rules, environ: view } = request;
  const { object: environ, values } = view;
  const { observer, places } = context;
  if (places.wantsStacks()) request.called = capture(entry);
  if (observer !== undefined) {
    const { name: application } = places;
    request.observe = beginObserving(observer, {
      application,
      environ: values,
    });
  }
  try {
    const isPlain = args.length === 2 && typeof args[1] === "function";
    request.check(isPlain ? rules.plain.call : rules.call, view, entry);
    checkEnviron(request, entry);
    request.outer?.compareWithInner("call", [], entry, request);
  } catch (error) {
    throw failed(request, error);
  }
  // What is no environ or no startResponse can be passed on, not wrapped.
  if (!isStream(environ) || typeof args[1] !== "function") {
    request.finish();
    return app(...args as Parameters<Application>);
  }
  wrapVariables(request, environ as Record<PropertyKey, unknown>);
  const startResponse = checkedStartResponse(request, args[1] as StartResponse);
  let result: unknown;
  let isPromise: boolean;
  try {
    result = app(environ as Environ, startResponse);
    isPromise = isThenable(result);
  } catch (error) {
    throw applicationFailed(request, error);
  }
  if (!isPromise) return finish(request, result);
  const promise = Promise.resolve(result).then(
    (body) => finish(request, body),
    (error) => {
      throw applicationFailed(request, error);
    },
  );
  // A server that awaits it sees its rejection; one that does not, does not die.
  ignoreRejection(promise);
  return promise;
}

/** Checks the environ, as far as it is not like one that broke no rule. */
function checkEnviron(request: CheckedRequest, entry: Entry): void {
  const { context: { memory: { environs } }, rules, environ } = request;
  if (environs.includes(environ)) return;
  if (!environs.wantsMore()) {
    return request.check(rules.environ, environ, entry);
  }
  const recorded = new RecordedEnviron(environ);
  const isGood = request.checkRecording(rules.environ, recorded, entry);
  if (isGood) environs.add(recorded);
}

/** The application has returned. */
function finish(request: CheckedRequest, body: unknown): ResponseBody {
  try {
    return checkedBody(request, body);
  } catch (error) {
    closeUnseen(body);
    throw applicationFailed(request, error);
  }
}

/** The server never gets to see this body, so it cannot close it. */
function closeUnseen(body: unknown): void {
  try {
    const { close } = (body ?? {}) as { close?: unknown };
    if (typeof close === "function") ignoreRejection(close.call(body));
  } catch {
    // The finding about the body is what its author has to know.
  }
}

/** The application itself, or what it returned, has failed. */
function applicationFailed(request: CheckedRequest, error: unknown): unknown {
  const { context, rules } = request;
  const view = {
    app: context.places.app,
    thrownByApplication: error,
    state: request,
  };
  try {
    request.check(rules.failed, view);
  } catch {
    // A setting has made an error of it; the one that was thrown goes first.
  }
  return failed(request, error);
}

/** The application has failed: nothing of it will be closed. */
function failed(request: CheckedRequest, error: unknown): unknown {
  request.observe?.({ type: "error", error });
  request.raise(error);
  try {
    if (!(error instanceof ConformanceError)) {
      request.compareWithInner("closed");
    }
  } catch {
    // What has failed is more important than what was then left open.
    request.raise(error);
  }
  request.finish();
  return error;
}

/**
 * Wraps an application and checks every call in both directions.
 *
 * What the application does is checked, and what the server or middleware hands
 * in. A broken rule is thrown at once as a {@linkcode ConformanceError} into
 * the code that broke it; the error says which rule, who broke it, what was
 * expected, what was found, and how to fix it. Otherwise nothing is changed:
 * arrays stay arrays, sync stays sync, bytes and errors pass through.
 *
 * Validators may be stacked around middleware. They know of each other and tell
 * which layer broke the rule.
 *
 * PEP 3333, all of it; Python's `wsgiref.validate.validator`.
 *
 * @param app The application to check.
 * @param options What is checked, and what happens then.
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

/** What only the programs of this package give to a validator. */
export interface ValidatorInternals {
  /** Sees what happens in each request. */
  readonly observer?: Observer | undefined;
  /** The user's application, if `app` only passes calls on to it. */
  readonly program?: Application | undefined;
  /** The URL of the module that exports the application. */
  readonly module?: string | undefined;
  /** The stack at which the validator is made. */
  readonly stack?: Capture | undefined;
}

/**
 * Does the same as {@linkcode validator}, for the programs of this package.
 *
 * @param app The application to check.
 * @param options The options of `validator()`.
 * @param internals What else it is given.
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
    return call(app, context, rules, args, validated);
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

/** Applies rules that no option can switch off, outside of any request. */
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
