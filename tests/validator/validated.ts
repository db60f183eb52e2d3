/**
 * Applications behind one validator, and behind two with middleware between.
 *
 * @module
 */

import {
  type Application,
  type ValidatedApplication,
  validator,
  type ValidatorOptions,
  type Violation,
} from "../../mod.ts";
import { start, TEXT } from "./programs.ts";
import { createEnviron, helloApp, type Loose, runServer } from "./scenario.ts";

/** One validator, with its findings. */
export interface Validated {
  readonly app: ValidatedApplication;
  /** The findings, in order. */
  readonly violations: Violation[];
  /** The ids of the rules that were broken, in order. */
  readonly found: string[];
  /** Calls the application for one request. */
  readonly call: (method?: string, input?: string) => Loose;
}

/** Validates an application that begins the response and returns a body. */
export function validate(
  app: (environ: Loose, startResponse: Loose) => Loose,
  options: Omit<ValidatorOptions, "onViolation"> = {},
): Validated {
  const violations: Violation[] = [];
  const found: string[] = [];
  const validated = validator(app as Application, {
    ...options,
    onViolation: (violation) => {
      violations.push(violation);
      found.push(violation.rule);
    },
  });
  const call = (method = "GET", input?: string) =>
    validated({ ...createEnviron(input), REQUEST_METHOD: method }, start);
  return { app: validated, violations, found, call };
}

/** Validates an application that returns a body. */
export function returning(
  make: () => Loose,
  options: Parameters<typeof validate>[1] = {},
): Validated {
  return validate((_environ, startResponse) => {
    startResponse("200 OK", TEXT);
    return make();
  }, options);
}

/** The results of a recorded body; errors are thrown or rejected with. */
export interface Answers {
  readonly isAsync?: boolean;
  readonly result?: unknown;
  readonly stop?: unknown;
  readonly close?: unknown;
}

/** A body that records the calls on it. */
export function recorded(calls: string[], answers: Answers = {}): Loose {
  const { isAsync = false, close } = answers;
  const give = (name: string, value: unknown): unknown => {
    calls.push(name);
    if (!isAsync && value instanceof Error) throw value;
    if (!isAsync) return value;
    return value instanceof Error ? Promise.reject(value) : value;
  };
  const value = new Uint8Array([79, 75]);
  const { result = { done: false, value }, stop = { done: true } } = answers;
  const iterator = {
    next: () => give("next", result),
    return: () => give("return", stop),
  };
  return {
    [isAsync ? Symbol.asyncIterator : Symbol.iterator]: () => iterator,
    close: () => give("close", close),
  };
}

/** Validates an application that wraps a file, and calls it for one request. */
export function wrapping(
  wrap: (file: Loose) => unknown,
  file: Loose = { read: () => null },
  options: { throws?: boolean; headers?: readonly unknown[] } = {},
): { readonly body: Loose } & Pick<Validated, "app" | "found"> {
  const { headers = TEXT, ...others } = options;
  const { app, found } = validate((environ, startResponse) => {
    startResponse("200 OK", headers);
    return environ["wsgi.file_wrapper"](file);
  }, others);
  const environ: Loose = createEnviron();
  environ["wsgi.file_wrapper"] = wrap;
  return { app, found, body: app(environ, start) };
}

// Two validators ---------------------------------------------------------------

/** The findings for one request through two named validators. */
export interface Findings {
  readonly all: Violation[];
  readonly outer: Violation[];
  readonly inner: Violation[];
}

/** A middleware. */
export type Wrap = (
  app: Loose,
) => (environ: Loose, startResponse: Loose) => Loose;

/** The parts between the server and the application, if not the defaults. */
export interface Stack {
  readonly app?: (environ: Loose, startResponse: Loose) => Loose;
  readonly middleware?: Wrap;
  readonly environ?: (environ: Loose) => Loose;
  readonly server?: (app: Loose, environ: Loose) => Loose;
  readonly outerOptions?: ValidatorOptions;
  readonly innerOptions?: ValidatorOptions;
}

/** Middleware that changes nothing. */
export const transparent: Wrap = (app) => (environ, startResponse) =>
  app(environ, startResponse);

/** Middleware that calls startResponse with other arguments. */
export function starting(change: (...args: Loose[]) => Loose[]): Wrap {
  return (app) => (environ, startResponse) =>
    app(environ, (...args: Loose[]) => startResponse(...change(...args)));
}

/** Middleware that passes on another environ. */
export function copying(copy: (environ: Loose) => Loose): Wrap {
  return (app) => (environ, startResponse) => app(copy(environ), startResponse);
}

/** Middleware that passes an inner body on. */
export function passing(pass: (body: Loose) => Iterable<unknown>): Wrap {
  return (app) => (environ, startResponse) => {
    const body = app(environ, startResponse);
    const iterate = () => pass(body)[Symbol.iterator]();
    return { [Symbol.iterator]: iterate, close: () => body.close() };
  };
}

/** Middleware that reads a whole body and returns its chunks. */
export const draining: Wrap = (app) => (environ, startResponse) => {
  const body = app(environ, startResponse);
  const taken = new Set(body);
  body.close();
  return taken;
};

/** Validates an application, and adds the findings to lists. */
export function layer(
  app: Loose,
  lists: readonly Violation[][],
  options: ValidatorOptions = {},
): Loose {
  const onViolation = (violation: Violation): void => {
    for (const list of lists) list.push(violation);
  };
  return validator(app, { throws: false, onViolation, ...options });
}

/** Sends one request through a stack. */
export async function run(stack: Stack): Promise<Findings> {
  const { app = helloApp, middleware = transparent } = stack;
  const findings: Findings = { all: [], outer: [], inner: [] };
  const { all, outer, inner } = findings;
  const innerOptions = { name: "inner", ...stack.innerOptions };
  const inside = layer(app, [inner, all], innerOptions);
  const outerOptions = { name: "outer", ...stack.outerOptions };
  const outside = layer(middleware(inside), [outer, all], outerOptions);
  const environ = createEnviron();
  const changed = stack.environ?.(environ) ?? environ;
  await (stack.server ?? runServer)(outside, changed);
  outside.assertFinished();
  inside.assertFinished();
  return findings;
}

/** Each broken rule, and the layer that broke it. */
export function summary(violations: readonly Violation[]): string[] {
  return violations.map(({ rule, blame }) => `${rule} by ${blame}`);
}
