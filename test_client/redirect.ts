/**
 * {@linkcode redirectedRequest}: the request that a redirect asks for.
 *
 * @module
 */

import { decodeUtf8 } from "../wsgi/byte_string.ts";
import { quote } from "../wsgi/describe.ts";
import type { TestRequest } from "./test_request.ts";
import type { TestResponse } from "./test_response.ts";

const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];
/** The headers of a body, which a request without one does not have. */
const BODY_HEADERS = [
  "content-encoding",
  "content-language",
  "content-length",
  "content-location",
  "content-type",
  "transfer-encoding",
];

/**
 * Returns the request that a redirect asks for.
 *
 * @param request The request that was redirected.
 * @param response Its response.
 * @returns The next request; `undefined` if the response is not a redirect to the
 * same host.
 * @throws {Error} If a stream would have to be sent again.
 */
export function redirectedRequest(
  request: TestRequest,
  response: TestResponse,
): TestRequest | undefined {
  const { status } = response;
  const location = response.header("Location");
  if (!REDIRECTS.includes(status) || location === undefined) return undefined;
  const url = URL.parse(decodeUtf8(location), response.url);
  if (url === null || url.origin !== URL.parse(response.url)?.origin) {
    return undefined;
  }
  const isAbsolute = !request.target.startsWith("/");
  const target = (isAbsolute ? url.origin : "") + url.pathname + url.search;
  const { method, body } = request;
  // RFC 9110 section 15.4: only a 303 changes all methods but HEAD.
  const changes = status === 303
    ? method !== "HEAD"
    : status < 303 && method === "POST";
  if (changes) {
    const headers = request.headers.filter(([name]) =>
      !BODY_HEADERS.includes(name.toLowerCase())
    );
    return { method: "GET", target, headers, body: undefined };
  }
  if (body !== undefined && !(body.content instanceof Uint8Array)) {
    throw new Error(
      `Cannot follow the redirect to ${
        quote(target)
      }: a stream can be sent once only`,
    );
  }
  return { ...request, target };
}
