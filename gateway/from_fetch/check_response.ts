/**
 * Checks a fetch `Response`, and reads its status line and headers.
 *
 * @module
 */

import { isHopByHop } from "../../wsgi/http_syntax.ts";
import { describe, isThenable } from "../../wsgi/describe.ts";
import { reasonPhrase } from "../../wsgi/status.ts";
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
 * Throws unless a value is a response that can be sent.
 *
 * @param value The value that was given as a response.
 * @param requirement The requirement, for the message: "handler must return …".
 * @throws {TypeError} If it is no `Response`, has a status that no answer can
 * have, or a body that is being read already.
 */
export function checkResponse(
  value: unknown,
  requirement: string,
): asserts value is Response {
  if (!isResponse(value)) {
    throw new TypeError(
      `Cannot answer the request: ${requirement}, got ${describe(value)}${
        isThenable(value) ? " (is an await missing?)" : ""
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
 * Returns the status of a response for startResponse.
 *
 * @param response The response.
 * @returns The code and its reason. Fetch allows tabs and outer spaces in a
 * reason, and an empty one; WSGI does not.
 */
export function statusLine({ status, statusText }: Response): string {
  const reason = statusText.replaceAll("\t", " ").trim() ||
    (reasonPhrase(status) ?? "Unknown");
  return `${status} ${reason}`;
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
