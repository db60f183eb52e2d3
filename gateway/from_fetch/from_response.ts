/**
 * {@linkcode fromResponse}: sends a fetch `Response` from an application.
 *
 * @module
 */

import {
  checkResponse,
  responseHeaders,
  statusLine,
} from "./check_response.ts";
import type { ForwardedSignal } from "./forwarded_signal.ts";
import { toBody } from "./stream_body.ts";
import type { ResponseBody, StartResponse } from "../../wsgi/types.ts";

/**
 * Starts the response with the status and headers of a checked `Response`, and
 * returns its body.
 *
 * @param response The checked response.
 * @param startResponse The function that starts the response.
 * @param signal The signal of the request, if it should abort at an early end.
 * @returns The body for the application to return.
 */
export function sendResponse(
  response: Response,
  startResponse: StartResponse,
  signal?: ForwardedSignal,
): ResponseBody | Promise<ResponseBody> {
  const { body } = response;
  try {
    startResponse(statusLine(response), responseHeaders(response));
  } catch (error) {
    // The body will not be read, so its source can stop.
    body?.cancel(error).catch(() => {});
    throw error;
  }
  return body === null ? [] : toBody(body, signal);
}

/**
 * Responds with a fetch `Response`: calls `startResponse` with its status and
 * headers, and returns its body for the application to return.
 *
 * It is the counterpart of `toRequest()`. Use it to avoid writing header tuples
 * and encoding the body by hand: `Response.json()`, `Response.redirect()`,
 * `FormData` and `Blob` bodies.
 *
 * - Several `Set-Cookie` headers stay separate.
 * - A body that is complete, such as text, becomes an array, so that the server
 *   can send its Content-Length. A stream is sent chunk by chunk, as fast as
 *   the client receives it, and is cancelled when the client leaves.
 * - A response without a `statusText` gets the usual reason phrase.
 * - Hop-by-hop headers such as `Connection` are omitted, because they belong to
 *   the server.
 * - For HEAD, the server does not send the body. An application whose body is
 *   expensive to create should return `[]` for HEAD.
 *
 * PEP 3333, "The Application/Framework Side".
 *
 * @param response The response. Its status must be from 200 to 599, and its body
 * must not have been read.
 * @param startResponse The application's second argument. It is called once,
 * before this function returns.
 * @returns The body, or a promise of it; return either from the application.
 * @throws {TypeError} If `response` cannot be sent: it is not a `Response`, it
 * is `Response.error()` or a WebSocket upgrade, or its body is in use.
 *
 * @example Send JSON and a cookie
 * ```ts
 * import { type Application, fromResponse } from "@wsgi/ref";
 * import { TestClient } from "@wsgi/ref/test-client";
 * import { assertEquals } from "@std/assert";
 *
 * const app: Application = (environ, startResponse) => {
 *   const response = Response.json({ path: environ.PATH_INFO });
 *   response.headers.append("Set-Cookie", "seen=1; Path=/; HttpOnly");
 *   return fromResponse(response, startResponse);
 * };
 *
 * const response = await new TestClient(app).get("/news");
 * assertEquals(response.json(), { path: "/news" });
 * ```
 */
export function fromResponse(
  response: Response,
  startResponse: StartResponse,
): ResponseBody | Promise<ResponseBody> {
  checkResponse(response, "response must be a Response");
  return sendResponse(response, startResponse);
}
