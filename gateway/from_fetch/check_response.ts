/**
 * The `Response` that a fetch handler gives, checked, and its headers.
 *
 * @module
 */

import { isHopByHop } from "../../wsgi/http_syntax.ts";
import { describe } from "../../wsgi/describe.ts";
import type { HeaderTuple } from "../../wsgi/types.ts";

/** A challenge is the application's, as in the server itself. */
const PROXY_AUTH = /^proxy-auth/i;

/** A `Response` of this runtime or of a library that brings its own. */
function isResponse(value: unknown): value is Response {
  const { status, headers, body } = (value ?? {}) as Partial<Response>;
  return typeof status === "number" && body !== undefined &&
    typeof headers?.[Symbol.iterator] === "function";
}

function answerError(problem: string): TypeError {
  return new TypeError(`Cannot answer with the Response: ${problem}`);
}

/**
 * Refuses what is no answer to a request.
 *
 * @param value What the handler gave.
 * @throws {TypeError} If it is no `Response`, has a status that no answer can
 * have, or a body that somebody reads already.
 */
export function checkResponse(value: unknown): asserts value is Response {
  if (!isResponse(value)) {
    throw new TypeError(
      `Cannot answer the request: handler must return a Response, got ${
        describe(value)
      }`,
    );
  }
  const { status, body, bodyUsed } = value;
  if (status < 200 || status > 599) {
    throw answerError(
      `status must be from 200 to 599, got ${status}${
        status === 101 ? ": WSGI has no place for an upgrade" : ""
      }`,
    );
  }
  if (bodyUsed || body?.locked) {
    throw answerError("its body must be unread, got one that is in use");
  }
}

/**
 * Returns the headers of a response for startResponse.
 *
 * @param response The response.
 * @returns A new array, without the headers that belong to the server.
 */
export function responseHeaders({ headers }: Response): HeaderTuple[] {
  const list: HeaderTuple[] = [];
  // Iteration gives each Set-Cookie by itself. Others are joined, which leaves
  // a space behind the comma before an empty value.
  for (const [name, value] of headers) {
    if (isHopByHop(name) && !PROXY_AUTH.test(name)) continue;
    list.push([name, value.replace(/[\t ]+$/, "")]);
  }
  return list;
}
