/**
 * What the tests of bodies have in common.
 *
 * @module
 */

import { assertRejects } from "@std/assert";
import {
  type Application,
  ConformanceError,
  type StartResponse,
  type ValidatedApplication,
  validator,
} from "../../mod.ts";
import type { Profile } from "../../validator.ts";
import { createEnviron, type Loose } from "./scenario.ts";

/** The headers of the applications in the tests. */
export const TEXT = [["Content-Type", "text/plain"]] as const;

/** A startResponse that takes everything. */
export const startResponse: StartResponse = () => () => Promise.resolve();

/** One validator, with what it has found. */
export interface Validated {
  /** The application. */
  readonly app: ValidatedApplication;
  /** The ids of the rules that were broken, in order. */
  readonly found: string[];
  /** Calls the application for one request. */
  readonly call: (method?: string) => Loose;
}

/** Validates an application that begins the response and returns a body. */
export function validate(
  app: (environ: Loose, startResponse: Loose) => Loose,
  options: { throws?: boolean; profile?: Profile; name?: string } = {},
): Validated {
  const found: string[] = [];
  const validated = validator(app as Application, {
    ...options,
    onViolation: ({ rule }) => void found.push(rule),
  });
  const call = (method = "GET") =>
    validated({ ...createEnviron(), REQUEST_METHOD: method }, startResponse);
  return { app: validated, found, call };
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

/** What a recorded body gives; an error is thrown, or rejected with. */
export interface Answers {
  readonly isAsync?: boolean;
  readonly result?: unknown;
  readonly stop?: unknown;
  readonly close?: unknown;
}

/** A body that writes down what is called on it. */
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

/**
 * Plays a server that calls next(), return() and close() as a script says. After
 * a call with "!" a finding is thrown, after one with "?" an error of the body.
 */
export async function play(body: Loose, script: string): Promise<void> {
  const iterator = body[Symbol.iterator]?.() ?? body[Symbol.asyncIterator]?.();
  const { close: torn } = body;
  const calls: Record<string, () => unknown> = {
    next: () => iterator.next(),
    return: () => iterator.return(),
    closeIterator: () => iterator.close(),
    close: () => body.close(),
    closeWith: () => body.close("argument"),
    torn: () => torn(),
  };
  for (const [, name = "", mark] of script.matchAll(/(\w+)([!?]?)/g)) {
    const call = async () => void await calls[name]!();
    if (mark === "!") await assertRejects(call, ConformanceError);
    else if (mark === "?") await assertRejects(call, RangeError);
    else await call();
  }
}

/** Validates an application that wraps a file, and calls it for one request. */
export function wrapping(
  wrap: (file: Loose) => unknown,
  file: Loose = { read: () => null },
  options: { throws?: boolean; headers?: readonly unknown[] } = {},
): { readonly body: Loose } & Omit<Validated, "call"> {
  const { headers = TEXT, ...others } = options;
  const { app, found } = validate((environ, startResponse) => {
    startResponse("200 OK", headers);
    return environ["wsgi.file_wrapper"](file);
  }, others);
  const environ: Loose = createEnviron();
  environ["wsgi.file_wrapper"] = wrap;
  return { app, found, body: app(environ, startResponse) };
}
