/**
 * A request of the test client.
 *
 * @module
 */

import { describe } from "../wsgi/describe.ts";
import type { HeaderTuple } from "../wsgi/types.ts";

/** Options of one request of the test client. */
export interface TestRequestOptions {
  /** The headers: pairs, in which names can repeat, an object or `Headers`. */
  headers?:
    | readonly HeaderTuple[]
    | Readonly<Record<string, string>>
    | Headers
    | undefined;
  /**
   * The body. A stream is sent without a length, like a chunked upload. The kind
   * of value determines `Content-Type`, unless the headers have one.
   */
  body?:
    | string
    | Uint8Array
    | Blob
    | FormData
    | URLSearchParams
    | ReadableStream<Uint8Array>
    | undefined;
  /** A value to send as JSON, instead of a body. */
  json?: unknown;
  /** Further variables of the environ, for this request. */
  environ?: Readonly<Record<string, unknown>> | undefined;
  /**
   * Whether redirects are followed, or how many.
   *
   * @default {the option of the client}
   */
  followRedirects?: boolean | number | undefined;
  /** Closes the connection when it aborts. */
  signal?: AbortSignal | undefined;
  /**
   * Is called with each chunk as it is sent. The next chunk is requested when the
   * returned promise is fulfilled.
   */
  onChunk?: ((chunk: Uint8Array) => void | Promise<void>) | undefined;
}

/**
 * Checks what would not be a request line once it is sent, or cannot be meant.
 *
 * @param method The method of the request.
 * @param target The target of the request.
 * @throws {TypeError} If one of them is not a string or has a line break, or if
 * the target is neither a path nor a URL, `*` or that of CONNECT.
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

/** One request on its way. */
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
  /** All bytes, or a stream that can be sent once. */
  readonly content: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;
}

/**
 * Makes the body of a request.
 *
 * @param options The options of the request.
 * @returns The body, if there is one.
 * @throws {TypeError} If there are two, or if JSON cannot express the value.
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
  // The platform encodes each kind, and chooses its type.
  const response = new Response(body as BodyInit);
  const type = response.headers.get("Content-Type") ?? undefined;
  return { type, content: new Uint8Array(await response.arrayBuffer()) };
}

/**
 * Makes the headers of a request: those of the test, unchanged, and those that
 * every client sends.
 *
 * @param given The headers of the test.
 * @param body The body of the request.
 * @param method The method of the request.
 * @param host The host that is asked.
 * @returns The headers, in the order in which they are sent.
 * @throws {TypeError} If a header would be another one, or two, once it is sent.
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
    // As fetch does: a server may insist on a length here.
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

/**
 * Returns whether there is a header.
 *
 * @param headers The headers.
 * @param name The name, in any case.
 * @returns Whether it is among them.
 */
export function hasHeader(
  headers: readonly HeaderTuple[],
  name: string,
): boolean {
  const wanted = name.toLowerCase();
  return headers.some(([other]) => other.toLowerCase() === wanted);
}

/**
 * Makes the stream that the application reads.
 *
 * @param body The body of the request.
 * @returns The stream; `null` without a body.
 */
export function toTestStream(
  body: TestBody | undefined,
): ReadableStream<Uint8Array> | null {
  if (body === undefined) return null;
  const { content } = body;
  // A copy, since the application may change what it reads.
  return content instanceof Uint8Array ? new Blob([content]).stream() : content;
}

/**
 * Returns the URL that a request asks for: scheme, Host and target.
 *
 * RFC 9110 section 7.1.
 *
 * @param request The request.
 * @param server Scheme, host and port of the simulated server.
 * @returns The URL, with the target unchanged.
 */
export function urlOf({ target, headers }: TestRequest, server: URL): string {
  // An absolute target is a URL already, and "*" is not a path.
  if (/^https?:/i.test(target)) return target;
  const sent = headers.find(([name]) => name.toLowerCase() === "host")?.[1];
  const path = target.startsWith("/") ? target : "";
  return `${server.protocol}//${sent?.trim() || server.host}${path}`;
}
