/**
 * A request of the test client, before it becomes an environ.
 *
 * @module
 */

import type { HeaderTuple } from "../wsgi/types.ts";

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
