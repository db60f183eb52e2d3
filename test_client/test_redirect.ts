/**
 * Redirects, as the test client follows them.
 *
 * @module
 */

import { decodeUtf8 } from "../wsgi/byte_string.ts";
import { quote } from "../wsgi/describe.ts";
import type { TestBody } from "./test_request.ts";
import type { TestResponse } from "./test_response.ts";

const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];
/** What RFC 9110 section 8 says of a body, and a request without it lacks. */
const BODY_HEADERS = [
  "Content-Encoding",
  "Content-Language",
  "Content-Length",
  "Content-Location",
  "Content-Type",
];

/** One request on its way. */
export interface Step {
  readonly method: string;
  readonly target: string;
  readonly headers: Headers;
  readonly body: TestBody | undefined;
}

/**
 * Gives the request that a redirect asks for.
 *
 * @param step The request that was redirected.
 * @param response Its response.
 * @returns The next request, or nothing if there is none that leads to the
 * same host.
 * @throws {Error} If a stream would have to be sent again.
 */
export function nextStep(step: Step, response: TestResponse): Step | undefined {
  const { status } = response;
  const location = response.header("Location");
  if (!REDIRECTS.includes(status) || location === undefined) return undefined;
  const url = URL.parse(decodeUtf8(location), response.url);
  if (url?.origin !== new URL(response.url).origin) return undefined;
  const target = url.pathname + url.search;
  const { method, body } = step;
  // RFC 9110 section 15.4: only a 303 changes all methods but HEAD.
  const changes = status === 303
    ? method !== "HEAD"
    : status < 303 && method === "POST";
  if (changes) {
    const headers = new Headers(step.headers);
    for (const name of BODY_HEADERS) headers.delete(name);
    return { method: "GET", target, headers, body: undefined };
  }
  if (body !== undefined && !(body.content instanceof Uint8Array)) {
    throw new Error(
      `Cannot follow the redirect to ${
        quote(target)
      }: a stream can be sent once only`,
    );
  }
  return { ...step, target };
}
