/**
 * Builds the requests of the test client.
 *
 * @module
 */

import { describe } from "../wsgi/describe.ts";
import type { HeaderTuple } from "../wsgi/types.ts";

/** Options of one request of the test client. */
export interface TestRequestOptions {
  /** The headers: pairs (names can repeat), an object or `Headers`. */
  headers?:
    | readonly HeaderTuple[]
    | Readonly<Record<string, string>>
    | Headers
    | undefined;
  /**
   * The body. A stream is sent without a length, like a chunked upload. The
   * type of the value determines `Content-Type`, unless the headers contain it.
   */
  body?:
    | string
    | Uint8Array
    | Blob
    | FormData
    | URLSearchParams
    | ReadableStream<Uint8Array>
    | undefined;
  /** A value to send as JSON. It excludes `body`. */
  json?: unknown;
  /** Additional environ variables for this request. */
  environ?: Readonly<Record<string, unknown>> | undefined;
  /**
   * Whether to follow redirects, or the maximum number of them.
   *
   * @default {the option of the client}
   */
  followRedirects?: boolean | number | undefined;
  /** A signal that closes the connection of the client when it aborts. */
  signal?: AbortSignal | undefined;
  /**
   * Called with each chunk when it is sent. The next chunk is requested after
   * the returned promise is fulfilled.
   */
  onChunk?: ((chunk: Uint8Array) => void | Promise<void>) | undefined;
}

/**
 * Checks that the method and the target form a valid request line.
 *
 * @param method The method of the request.
 * @param target The target of the request.
 * @throws {TypeError} If one of them is not a string or has a line break, or if
 * the target is not a path, a URL, `*` or a target for CONNECT.
 */
export function checkRequestLine(method: unknown, target: unknown): void {
  if (typeof method !== "string" || /[\r\n]/.test(method)) {
    throw new TypeError(
      `Cannot send the request: method must be a string without line breaks, got ${
        describe(method)
      }`,
    );
  }
  const isTarget = typeof target === "string" && !/[\r\n]/.test(target) &&
    (/^(?:\/|\*$|[a-z][a-z0-9+.-]*:\/\/)/i.test(target) ||
      method === "CONNECT");
  if (!isTarget) {
    throw new TypeError(
      `Cannot send the request: target must begin with "/", got ${
        describe(target)
      }`,
    );
  }
}

/** A request to send. */
export interface TestRequest {
  /** The method. */
  readonly method: string;
  /** The target, as it is sent. */
  readonly target: string;
  /** The headers, in the order in which they are sent. */
  readonly headers: readonly HeaderTuple[];
  /** The body, if there is one. */
  readonly body: TestBody | undefined;
}

/** The body of a request. */
export interface TestBody {
  /** The media type, if the value has one. */
  readonly type: string | undefined;
  /** The bytes, or a stream, which can be sent only once. */
  readonly content: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;
}

/**
 * Returns the body of a request, if there is one.
 *
 * @throws {TypeError} If `body` and `json` are both given, or if JSON cannot
 * express the value.
 */
export async function toTestBody(
  options: TestRequestOptions,
): Promise<TestBody | undefined> {
  const { body, json } = options;
  if (json !== undefined) {
    if (body !== undefined) {
      throw new TypeError(
        "Cannot send the request: body and json must not both be given",
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
  // Response encodes each kind of body and chooses its type.
  const response = new Response(body as BodyInit);
  const type = response.headers.get("Content-Type") ?? undefined;
  return { type, content: new Uint8Array(await response.arrayBuffer()) };
}

/**
 * Returns the headers of a request: the given ones, unchanged, and those that
 * every client sends.
 *
 * @param given The headers from the test.
 * @param body The body of the request.
 * @param method The method of the request.
 * @param host The value of `Host`, unless the headers contain it.
 * @returns The headers, in the order in which they are sent.
 * @throws {TypeError} If a header could not be sent unchanged.
 */
export function toTestHeaders(
  given: TestRequestOptions["headers"],
  body: TestBody | undefined,
  method: string,
  host: string,
): HeaderTuple[] {
  const headers = entriesOf(given);
  for (const [name, value] of headers) checkHeader(name, value);
  const setDefault = (name: string, value: string): void => {
    if (!hasHeader(headers, name)) headers.push([name, value]);
  };
  if (!hasHeader(headers, "Host")) headers.unshift(["Host", host]);
  if (body?.type !== undefined) setDefault("Content-Type", body.type);
  if (hasHeader(headers, "Transfer-Encoding")) return headers;
  if (body?.content instanceof Uint8Array) {
    setDefault("Content-Length", String(body.content.length));
  } else if (body !== undefined) {
    if (!hasHeader(headers, "Content-Length")) {
      headers.push(["Transfer-Encoding", "chunked"]);
    }
  } else if (method === "POST" || method === "PUT") {
    // Like fetch(): some servers require a length here.
    setDefault("Content-Length", "0");
  }
  return headers;
}

function entriesOf(given: TestRequestOptions["headers"]): HeaderTuple[] {
  if (given === undefined) return [];
  return Symbol.iterator in given ? [...given] : Object.entries(given);
}

function checkHeader(name: unknown, value: unknown): void {
  if (
    typeof name !== "string" || /[:\r\n]|[^\0-\xff]/.test(name) ||
    typeof value !== "string" || /[\r\n]|[^\0-\xff]/.test(value)
  ) {
    throw new TypeError(
      `Cannot send the request: a header must be two strings without line breaks or characters above U+00FF, and its name without ":", got ${
        describe(name)
      } and ${describe(value)}`,
    );
  }
}

/** Returns whether there is a header of a name, in any case. */
export function hasHeader(
  headers: readonly HeaderTuple[],
  name: string,
): boolean {
  const wanted = name.toLowerCase();
  return headers.some(([other]) => other.toLowerCase() === wanted);
}

/** Returns the stream that the application reads; `null` without a body. */
export function toTestStream(
  body: TestBody | undefined,
): ReadableStream<Uint8Array> | null {
  if (body === undefined) return null;
  const { content } = body;
  // A copy, because the application may change the bytes that it reads.
  return content instanceof Uint8Array ? new Blob([content]).stream() : content;
}

/**
 * Returns the URL of a request: scheme, Host and target.
 *
 * RFC 9110 section 7.1.
 *
 * @param request The request of the test.
 * @param server Scheme, host and port of the simulated server.
 * @returns The URL, with the target unchanged.
 */
export function urlOf({ target, headers }: TestRequest, server: URL): string {
  // An absolute target is already a URL, and "*" is not a path.
  if (/^https?:/i.test(target)) return target;
  const sent = headers.find(([name]) => name.toLowerCase() === "host")?.[1];
  const path = target.startsWith("/") ? target : "";
  return `${server.protocol}//${sent?.trim() || server.host}${path}`;
}
