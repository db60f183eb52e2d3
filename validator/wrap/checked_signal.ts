/**
 * `wsgiref.signal` as the application gets it from the validator.
 *
 * @module
 */

import type { CheckedRequest } from "./checked_request.ts";

/**
 * Wraps the server's `wsgiref.signal`, to look at what each call returns.
 *
 * @param request The request.
 * @param make The server's function.
 * @returns A function in its place.
 */
export function checkedSignal(
  request: CheckedRequest,
  make: (...args: never) => unknown,
): (...args: unknown[]) => unknown {
  let first: { readonly signal: unknown } | undefined;
  return function signal(this: unknown, ...args: unknown[]): unknown {
    const signal: unknown = Reflect.apply(make, this, args);
    first ??= { signal };
    request.check(request.rules.signal, { signal, first: first.signal });
    return signal;
  };
}
