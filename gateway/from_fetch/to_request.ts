/**
 * {@linkcode toRequest}: the request of an environ as a fetch `Request`.
 *
 * @module
 */

import { applicationUri, rawPathOf, requestUri } from "../../wsgi/uri.ts";
import { percentEncode } from "../../wsgi/byte_string.ts";
import { describe } from "../../wsgi/describe.ts";
import { toFetchSignal } from "./forwarded_signal.ts";
import { isDigits } from "../../wsgi/http_syntax.ts";
import { BodyTakenError } from "../input/body_source.ts";
import { RequestBodyError } from "../input/request_body_error.ts";
import { readSome } from "../../wsgi/read_some.ts";
import type { Environ } from "../../wsgi/types.ts";

/** How much is read at once. */
const BLOCK_SIZE = 65_536;

const HEADER_KEY = /^HTTP_[!#$%&'*+.^_`|~0-9A-Z]+$/;
/** Without what a URL parser takes for a slash or an end, or leaves out. */
const RAW_PATH = /^\/[!"$->@-[\]-~]*$/;
/** What a URL parser would take for text, or for a fragment. */
const NOT_IN_QUERY = /[^\x21\x22\x24-\x7e]/g;

function urlOf(environ: Environ): string {
  const query = environ.QUERY_STRING?.replace(NOT_IN_QUERY, percentEncode);
  const path = rawPathOf(environ);
  // A URL parser must not take the path for something else.
  if (path === undefined || !RAW_PATH.test(path)) {
    return requestUri({ ...environ, QUERY_STRING: query });
  }
  const origin = applicationUri({ ...environ, SCRIPT_NAME: "" }).slice(0, -1);
  return origin + path + (query ? `?${query}` : "");
}

function requestHeaders(environ: Environ): Headers {
  const headers = new Headers();
  for (const key of Object.keys(environ)) {
    const value = environ[key];
    if (typeof value !== "string" || !HEADER_KEY.test(key)) continue;
    headers.set(key.slice("HTTP_".length).replaceAll("_", "-"), value);
  }
  const { CONTENT_TYPE, CONTENT_LENGTH } = environ;
  if (CONTENT_TYPE) headers.set("Content-Type", CONTENT_TYPE);
  if (CONTENT_LENGTH) headers.set("Content-Length", CONTENT_LENGTH);
  return headers;
}

/**
 * Creates the error about an input that ended too early. An input whose client
 * has left rejects; one that gives no byte at all was read before.
 */
function missing(left: number, length: number): Error {
  return left === length
    ? new BodyTakenError("wsgi.input was read before")
    : new RequestBodyError(
      `Cannot read the request body: ${left} of its bytes are missing`,
      400,
    );
}

/** The body as a stream that reads nothing before it is read. */
function bodyOf(environ: Environ): ReadableStream<Uint8Array> | undefined {
  const { REQUEST_METHOD: method, CONTENT_LENGTH } = environ;
  if (/^(?:GET|HEAD)$/i.test(method)) return undefined;
  let length = Infinity;
  if (CONTENT_LENGTH !== undefined && isDigits(CONTENT_LENGTH)) {
    length = Number(CONTENT_LENGTH);
  } else if (environ["wsgi.input_terminated"] !== true) {
    // Nothing says where the body ends, so CGI takes it for empty.
    return undefined;
  }
  // Taken now: the application may change its environ.
  const input = environ["wsgi.input"];
  let left = length;
  return new ReadableStream({
    async pull(controller): Promise<void> {
      // As with Deno.serve, a body that was sent empty is an empty stream.
      if (left === 0) return controller.close();
      const chunk = await readSome(input, Math.min(left, BLOCK_SIZE));
      left -= chunk.byteLength;
      if (chunk.byteLength > 0) controller.enqueue(chunk);
      else if (left > 0 && left !== Infinity) throw missing(left, length);
      if (left === 0 || chunk.byteLength === 0) controller.close();
    },
  }, { highWaterMark: 0 });
}

/**
 * Makes a fetch `Request` of an environ, so that `formData()`, `json()`,
 * `headers` and all else that it has are at hand.
 *
 * The body is the `wsgi.input`: it is read when the request's body is, in
 * blocks of up to 64 KiB, and then it is gone from there. GET and HEAD have none
 * here, as under `Deno.serve`; a body that was sent empty is an empty stream. The
 * signal aborts when that of `wsgiref.signal` does, with an `AbortError` whose
 * `cause` is the reason of that signal.
 *
 * The URL is that of `requestUri()`, with the path as it was sent where
 * `REQUEST_URI` still fits `SCRIPT_NAME` and `PATH_INFO`, so that `%2F` stays.
 * Parsing tidies it up once more: a `..` segment is resolved, for example.
 *
 * @param environ The variables of the request.
 * @returns The request.
 * @throws {TypeError} If no `Request` can express it: if the variables make no
 * valid URL, or the method is CONNECT, TRACE or TRACK.
 *
 * @example Read a form
 * ```ts
 * import { type Application, toFetchHandler, toRequest } from "@wsgi/ref";
 * import { assertEquals } from "@std/assert";
 *
 * const app: Application = async (environ, startResponse) => {
 *   const form = await toRequest(environ).formData();
 *   startResponse("200 OK", [["Content-Type", "text/plain"]]);
 *   return [new TextEncoder().encode(`Hello ${form.get("name")}`)];
 * };
 *
 * const response = await toFetchHandler(app)(
 *   new Request("http://localhost/", {
 *     method: "POST",
 *     body: new URLSearchParams({ name: "Ada" }),
 *   }),
 * );
 * assertEquals(await response.text(), "Hello Ada");
 * ```
 */
export function toRequest(environ: Environ): Request {
  const source = environ["wsgiref.signal"]?.();
  return requestOf(environ, source && toFetchSignal(source));
}

/**
 * Makes the request of an environ with a signal that is there already.
 *
 * @param environ The variables of the request.
 * @param signal The signal of the request.
 * @returns The request.
 * @throws {TypeError} As {@linkcode toRequest} does.
 */
export function requestOf(
  environ: Environ,
  signal: AbortSignal | undefined,
): Request {
  const url = urlOf(environ);
  const body = bodyOf(environ);
  // fetch asks for "half" where a body is streamed.
  const init: RequestInit & { duplex: "half" } = {
    method: environ.REQUEST_METHOD,
    headers: requestHeaders(environ),
    duplex: "half",
  };
  if (body !== undefined) init.body = body as BodyInit;
  if (signal !== undefined) init.signal = signal;
  try {
    return new Request(url, init);
  } catch (cause) {
    throw new TypeError(
      `Cannot make a Request: method and URL must be ones that fetch allows, got ${
        describe(environ.REQUEST_METHOD)
      } and ${describe(url)}`,
      { cause },
    );
  }
}
