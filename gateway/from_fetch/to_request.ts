/**
 * {@linkcode toRequest}: creates a fetch `Request` from an environ.
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

/** How many bytes are read at a time. */
const BLOCK_SIZE = 65_536;

const HEADER_KEY = /^HTTP_[!#$%&'*+.^_`|~0-9A-Z]+$/;
/**
 * Matches paths without characters that a URL parser takes for a slash or the
 * end of the path, or removes.
 */
const RAW_PATH = /^\/[!"$->@-[\]-~]*$/;
/**
 * Matches characters that a URL parser would encode, or take for a fragment.
 */
const NOT_IN_QUERY = /[^\x21\x22\x24-\x7e]/g;

function urlOf(environ: Environ): string {
  const query = environ.QUERY_STRING?.replace(NOT_IN_QUERY, percentEncode);
  const path = rawPathOf(environ);
  // A URL parser must not interpret a part of the path.
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
 * Creates the error about an input that ended too early. If the client has
 * left, the input rejects; if the input is empty, it has been read before.
 */
function missing(left: number, length: number): Error {
  return left === length
    ? new BodyTakenError("wsgi.input was read before")
    : new RequestBodyError(
      `Cannot read the request body: ${left} of its bytes are missing`,
      400,
    );
}

/** Returns the body as a stream that does not read ahead. */
function bodyOf(environ: Environ): ReadableStream<Uint8Array> | undefined {
  const { REQUEST_METHOD: method, CONTENT_LENGTH } = environ;
  if (/^(?:GET|HEAD)$/i.test(method)) return undefined;
  let length = Infinity;
  if (CONTENT_LENGTH !== undefined && isDigits(CONTENT_LENGTH)) {
    length = Number(CONTENT_LENGTH);
  } else if (environ["wsgi.input_terminated"] !== true) {
    // Without a length, CGI considers the body empty.
    return undefined;
  }
  // Read now, because the application may change its environ.
  const input = environ["wsgi.input"];
  let left = length;
  return new ReadableStream({
    async pull(controller): Promise<void> {
      // As under Deno.serve, an empty body that was sent is an empty stream.
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
 * Creates a fetch `Request` from an environ, for its `formData()`, `json()`,
 * `headers` and other members.
 *
 * The body reads from `wsgi.input`, in blocks of up to 64 KiB, when it is read
 * itself; `wsgi.input` is then consumed. As under `Deno.serve`, GET and HEAD
 * have no body, and an empty body that was sent is an empty stream. The signal
 * aborts when that of `wsgiref.signal` does, with an `AbortError` whose `cause`
 * is the reason of that signal.
 *
 * The URL is that of `requestUri()`. If `REQUEST_URI` still matches
 * `SCRIPT_NAME` and `PATH_INFO`, the path is the one that was sent, so that
 * `%2F` is kept. The URL parser normalizes it further; for example, it resolves
 * `..` segments.
 *
 * @param environ The variables of the request; not changed.
 * @returns The request.
 * @throws {TypeError} If no `Request` can express it: the variables do not form
 * a valid URL, or the method is CONNECT, TRACE or TRACK.
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
 * Creates the request from an environ with a given signal.
 *
 * @param environ The variables of the request; not changed.
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
  // fetch requires "half" for a streamed body.
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
