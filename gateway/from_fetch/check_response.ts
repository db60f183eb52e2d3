/**
 * Checks a fetch `Response`, and reads its status line and headers.
 *
 * @module
 */

import { isHopByHop } from "../../wsgi/http_syntax.ts";
import { describe, isThenable } from "../../wsgi/describe.ts";
import { reasonPhrase } from "../../wsgi/status.ts";
import type { HeaderTuple } from "../../wsgi/types.ts";

/**
 * Applications may send a proxy challenge, as under the server of this package.
 */
const PROXY_AUTH = /^proxy-auth/i;

/** Returns whether a value is a `Response` of the runtime or of a library. */
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
 * @param value The value to check.
 * @param requirement The beginning of the message: "handler must return …".
 * @throws {TypeError} If it is not a `Response`, has a status that cannot be
 * sent, or a body that has been read or is being read.
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
 * @param response The checked response.
 * @returns The code and its reason. Fetch allows an empty reason, and tabs and
 * outer spaces in it; WSGI does not.
 */
export function statusLine({ status, statusText }: Response): string {
  const reason = statusText.replaceAll("\t", " ").trim() ||
    (reasonPhrase(status) ?? "Unknown");
  return `${status} ${reason}`;
}

/**
 * Returns the headers of a response for startResponse.
 *
 * @param response The checked response.
 * @returns A new array without the headers that belong to the server.
 */
export function responseHeaders({ headers }: Response): HeaderTuple[] {
  const list: HeaderTuple[] = [];
  // Iteration yields each Set-Cookie separately. Other headers are joined, with
  // a space after the comma even before an empty value.
  for (const [name, value] of headers) {
    if (isHopByHop(name) && !PROXY_AUTH.test(name)) continue;
    list.push([name, value.replace(/[\t ]+$/, "")]);
  }
  return list;
}
