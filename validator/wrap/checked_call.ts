/**
 * One call to the application, checked on both sides.
 *
 * @module
 */

import { ignoreRejection, isThenable } from "../../wsgi/describe.ts";
import type {
  Application,
  Environ,
  ResponseBody,
  StartResponse,
} from "../../wsgi/types.ts";
import { capture, type Entry } from "../captures.ts";
import { ConformanceError } from "../conformance_error.ts";
import type { ValidatorContext } from "../context.ts";
import { beginObserving } from "../observer.ts";
import { RecordedEnviron } from "../recorded_environ.ts";
import type { ActiveRules } from "../rules/active_rules.ts";
import { checkedBody } from "./checked_body.ts";
import { CheckedRequest } from "./checked_request.ts";
import { checkedStartResponse } from "./checked_start_response.ts";
import { isPlainCall } from "./plain_moments.ts";
import { readEnviron } from "./read_environ.ts";
import { wrapVariables } from "./wrapped_variables.ts";

/**
 * Calls the application for the server.
 *
 * @param app The application.
 * @param context The layer.
 * @param rules The rules of the layer.
 * @param args The arguments of the server.
 * @param entry The function that the server has called.
 * @returns The result of the application, wrapped.
 */
export function callChecked(
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
    begin(request, args, entry);
    return run(app, request, args);
  } finally {
    request.edge = undefined;
  }
}

/** Checks the arguments of the server. */
function begin(
  request: CheckedRequest,
  args: readonly unknown[],
  entry: Entry,
): void {
  const { context, rules, environ } = request;
  const { observer, places } = context;
  if (places.wantsStacks()) request.called = capture(entry);
  if (observer !== undefined) {
    const { name: application } = places;
    const call = { application, environ: environ.values };
    request.observe = beginObserving(observer, call);
  }
  try {
    const call = isPlainCall(args) ? rules.plain.call : rules.call;
    request.check(call, environ, entry);
    checkEnviron(request, entry);
    request.outer?.compareWithInner("call", [], entry, request);
  } catch (error) {
    throw failed(request, error);
  }
}

/** Checks the environ, unless it is like one that broke no rule. */
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

/** Calls the application. */
function run(
  app: Application,
  request: CheckedRequest,
  args: readonly unknown[],
): ResponseBody | Promise<ResponseBody> {
  const { object: environ } = request.environ;
  // Values that are not an environ or startResponse are passed on unwrapped.
  if (
    typeof environ !== "object" || environ === null ||
    typeof args[1] !== "function"
  ) {
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
  if (!isPromise) return takeBody(request, result);
  const promise = Promise.resolve(result).then(
    (body) => takeBody(request, body),
    (error) => {
      throw applicationFailed(request, error);
    },
  );
  // A server that does not await the promise must not crash.
  ignoreRejection(promise);
  return promise;
}

/** The application has returned. */
function takeBody(request: CheckedRequest, body: unknown): ResponseBody {
  try {
    return checkedBody(request, body);
  } catch (error) {
    closeUnseen(body);
    throw applicationFailed(request, error);
  }
}

/** Closes a body that the server never sees. */
function closeUnseen(body: unknown): void {
  try {
    const { close } = (body ?? {}) as { close?: unknown };
    if (typeof close === "function") ignoreRejection(close.call(body));
  } catch {
    // The finding about the body is more important.
  }
}

/** The application itself or its result has failed. */
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
    // A setting has made it an error. The original one is thrown.
  }
  return failed(request, error);
}

/** Ends a request without a body that the server can close. */
function failed(request: CheckedRequest, error: unknown): unknown {
  request.observe?.({ type: "error", error });
  request.raise(error);
  try {
    if (!(error instanceof ConformanceError)) {
      request.compareWithInner("closed");
    }
  } catch {
    // The failure is more important than what it has left open.
    request.raise(error);
  }
  request.finish();
  return error;
}
