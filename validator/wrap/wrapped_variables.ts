/**
 * Replaces variables of the environ that the validator observes.
 *
 * @module
 */

import type { ErrorStream, InputStream } from "../../wsgi/types.ts";
import { CHECKED_REQUEST } from "../views/environ_view.ts";
import { checkedFileWrapper } from "./checked_body.ts";
import { CheckedErrors } from "./checked_errors.ts";
import { CheckedInput } from "./checked_input.ts";
import type { CheckedRequest } from "./checked_request.ts";

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
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

/** Wraps the server's `wsgiref.signal`, to check the result of each call. */
function checkedSignal(
  request: CheckedRequest,
  server: (...args: never) => unknown,
): (...args: unknown[]) => unknown {
  let first: { readonly signal: unknown } | undefined;
  return function signal(this: unknown, ...args: unknown[]): unknown {
    const signal: unknown = Reflect.apply(server, this, args);
    first ??= { signal };
    request.check(request.rules.signal, { signal, first: first.signal });
    return signal;
  };
}

/** Sets a variable, unless the environ does not allow it. */
function replace(environ: object, key: PropertyKey, value: unknown): void {
  try {
    (environ as Record<PropertyKey, unknown>)[key] = value;
  } catch {
    // Another rule reports that it is frozen.
  }
}

/**
 * Puts observers into the environ, in place of the server's values, and a link
 * to the request.
 *
 * @param request The request.
 * @param environ Its environ.
 */
export function wrapVariables(
  request: CheckedRequest,
  environ: Record<PropertyKey, unknown>,
): void {
  const { values } = request.environ;
  const input = values["wsgi.input"];
  const errors = values["wsgi.errors"];
  const wrap = values["wsgi.file_wrapper"];
  const signal = values["wsgiref.signal"];
  const newInput = isObject(input) ? wrapInput(request, input) : input;
  const newErrors = isObject(errors) ? wrapErrors(request, errors) : errors;
  const newWrap = typeof wrap === "function"
    ? checkedFileWrapper(request, wrap as () => unknown)
    : wrap;
  const newSignal = typeof signal === "function"
    ? checkedSignal(request, signal as () => unknown)
    : signal;
  try {
    // Literal names are several times faster than a loop over them.
    environ[CHECKED_REQUEST] = request;
    if (newInput !== input) environ["wsgi.input"] = newInput;
    if (newErrors !== errors) environ["wsgi.errors"] = newErrors;
    if (newWrap !== wrap) environ["wsgi.file_wrapper"] = newWrap;
    if (newSignal !== signal) environ["wsgiref.signal"] = newSignal;
  } catch {
    // One of them cannot be set, but the others may be settable.
    replace(environ, CHECKED_REQUEST, request);
    if (newInput !== input) replace(environ, "wsgi.input", newInput);
    if (newErrors !== errors) replace(environ, "wsgi.errors", newErrors);
    if (newWrap !== wrap) replace(environ, "wsgi.file_wrapper", newWrap);
    if (newSignal !== signal) replace(environ, "wsgiref.signal", newSignal);
  }
}
