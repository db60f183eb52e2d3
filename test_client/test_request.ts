/**
 * A request of the test client, and the next one that a redirect asks for.
 *
 * @module
 */

import { decodeUtf8 } from "../wsgi/byte_string.ts";
import { quote } from "../wsgi/describe.ts";
import type { HeaderTuple } from "../wsgi/types.ts";
import type { TestResponse } from "./test_response.ts";

/** What a request of the test client may carry. */
export interface TestRequestOptions {
  /** The headers, as pairs (which may repeat), an object or `Headers`. */
  headers?:
    | readonly HeaderTuple[]
    | Readonly<Record<string, string>>
    | Headers
    | undefined;
  /**
   * The body. A stream goes without a length, as a chunked upload does. What it
   * is tells the `Content-Type`, unless the headers have one.
   */
  body?:
    | string
    | Uint8Array
    | Blob
    | FormData
    | URLSearchParams
    | ReadableStream<Uint8Array>
    | undefined;
  /** A value to send as JSON, in place of a body. */
  json?: unknown;
  /** Further variables of the environ, for this request. */
  environ?: Readonly<Record<string, unknown>> | undefined;
  /**
   * Whether redirects are followed, or how many.
   *
   * @default {what the client was made with}
   */
  followRedirects?: boolean | number | undefined;
  /** Makes the client leave when it aborts. */
  signal?: AbortSignal | undefined;
  /**
   * Called with each chunk as it is sent. The next one is not taken before the
   * promise it returns is fulfilled.
   */
  onChunk?: ((chunk: Uint8Array) => void | Promise<void>) | undefined;
}

/** A body that can be sent. */
export interface TestBody {
  /** Its type, if it tells one. */
  readonly type: string | undefined;
  /** All of it, or a stream that can be sent once. */
  readonly content: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;
}

/**
 * Makes the body of a request.
 *
 * @param options What the test has given.
 * @returns The body; none if there is none.
 * @throws {TypeError} If there are two, or it is no JSON.
 */
export async function toTestBody(
  options: TestRequestOptions,
): Promise<TestBody | undefined> {
  const { body, json } = options;
  if (json !== undefined) {
    if (body !== undefined) {
      throw new TypeError(
        "Cannot send the request: body and json must not be given both",
      );
    }
    const text = JSON.stringify(json);
    if (text === undefined) {
      throw new TypeError(
        "Cannot send the request: json must be a value that JSON can express",
      );
    }
    const content = new TextEncoder().encode(text);
    return { type: "application/json", content };
  }
  if (body === undefined) return undefined;
  if (body instanceof ReadableStream) return { type: undefined, content: body };
  // The platform knows how each kind is written, and with what type.
  const response = new Response(body as BodyInit);
  const type = response.headers.get("Content-Type") ?? undefined;
  return { type, content: new Uint8Array(await response.arrayBuffer()) };
}

/**
 * Makes the headers of a request.
 *
 * @param given What the test has given.
 * @param body The body of the request.
 * @param method The method of the request.
 * @param host The host that is asked.
 * @returns The headers, complete.
 * @throws {TypeError} If a name or value cannot be sent.
 */
export function toTestHeaders(
  given: TestRequestOptions["headers"],
  body: TestBody | undefined,
  method: string,
  host: string,
): Headers {
  const headers = new Headers(given as HeadersInit | undefined);
  const setDefault = (name: string, value: string): void => {
    if (!headers.has(name)) headers.set(name, value);
  };
  setDefault("Host", host);
  if (body?.type !== undefined) setDefault("Content-Type", body.type);
  if (body?.content instanceof Uint8Array) {
    setDefault("Content-Length", String(body.content.length));
  } else if (body === undefined && (method === "POST" || method === "PUT")) {
    // As fetch does: a server may insist on a length here.
    setDefault("Content-Length", "0");
  }
  return headers;
}

/**
 * Makes the stream that the application will read.
 *
 * @param body The body of the request.
 * @returns The stream; none without a body.
 */
export function toTestStream(
  body: TestBody | undefined,
): ReadableStream<Uint8Array> | null {
  if (body === undefined) return null;
  const { content } = body;
  // A copy, since the application may change what it reads.
  return content instanceof Uint8Array ? new Blob([content]).stream() : content;
}

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
export interface TestRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: Headers;
  readonly body: TestBody | undefined;
}

/**
 * Gives the request that a redirect asks for.
 *
 * @param request The request that was redirected.
 * @param response Its response.
 * @returns The next request, or nothing if there is none that leads to the
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
  if (url?.origin !== new URL(response.url).origin) return undefined;
  const target = url.pathname + url.search;
  const { method, body } = request;
  // RFC 9110 section 15.4: only a 303 changes all methods but HEAD.
  const changes = status === 303
    ? method !== "HEAD"
    : status < 303 && method === "POST";
  if (changes) {
    const headers = new Headers(request.headers);
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
  return { ...request, target };
}
