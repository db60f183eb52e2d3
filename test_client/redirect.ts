/**
 * Determines the request that follows a redirect.
 *
 * @module
 */

import { decodeUtf8 } from "../wsgi/byte_string.ts";
import { quote } from "../wsgi/describe.ts";
import type { TestRequest } from "./test_request.ts";
import type { TestResponse } from "./test_response.ts";

const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];
/**
 * The headers that describe a body. A request without a body has none of them.
 */
const BODY_HEADERS = [
  "content-encoding",
  "content-language",
  "content-length",
  "content-location",
  "content-type",
  "transfer-encoding",
];

/**
 * Returns the request that follows a redirect.
 *
 * @param request The request that was redirected.
 * @param response The response to it.
 * @returns The next request; `undefined` if the response is not a redirect to
 * the same host.
 * @throws {Error} If the body is a stream, which cannot be sent twice.
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
  // RFC 9110 section 15.4: only a 303 changes all methods except HEAD.
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
