/**
 * Turns a request of the test client into the environ of a server.
 *
 * @module
 */

import { errorResponse } from "../gateway/error_response.ts";
import { createHttpEnviron } from "../gateway/environ/http_environ.ts";
import { RequestInput } from "../gateway/input/input_stream.ts";
import type { BodyLimits } from "../gateway/input/request_body.ts";
import { withContentLength } from "../gateway/response_head.ts";
import type { RequestError } from "../http1/request_error.ts";
import type { RequestHead } from "../http1/request_head.ts";
import { RequestParser } from "../http1/request_parser.ts";
import { encodeUtf8, toBytes } from "../wsgi/byte_string.ts";
import type { Environ } from "../wsgi/types.ts";
import { type TestRequest, toTestStream } from "./test_request.ts";
import { TestResponse } from "./test_response.ts";

/** The port of the client. */
const REMOTE_PORT = "50000";

/**
 * Parses the head of a request as `makeServer()` does, from the bytes that a
 * client would send.
 *
 * @throws {RequestError} If the server would reject the request.
 */
function parseHead({ method, target, headers }: TestRequest): RequestHead {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`);
  const line = encodeUtf8(`${method} ${target}`);
  const bytes = toBytes(`${line} HTTP/1.1\r\n${lines.join("")}\r\n`);
  const parser = new RequestParser();
  parser.receive(bytes, bytes.length);
  const event = parser.next();
  if (event?.type === "head") return event.head;
  throw new Error("Cannot parse the request: its head has no end");
}

/**
 * Builds the environ that `makeServer()` would build.
 *
 * @param request The request of the test.
 * @param server Scheme, host and port of the simulated server.
 * @param remoteAddress The address of the client.
 * @param signal Returns the signal of the request.
 * @param environ Additional variables.
 * @returns A new environ.
 * @throws {RequestError} If the server would reject the request.
 */
export function createTestEnviron(
  request: TestRequest,
  server: URL,
  remoteAddress: string,
  signal: () => AbortSignal,
  environ: Readonly<Record<string, unknown>>,
): Environ {
  const head = parseHead(request);
  const limits: BodyLimits = {};
  const openBody = (): ReadableStream<Uint8Array> | null =>
    head.fields.hasBody
      ? toTestStream(request.body) ?? ReadableStream.from([])
      : null;
  const isTls = server.protocol === "https:";
  return createHttpEnviron(head, {
    scheme: isTls ? "https" : "http",
    serverName: server.hostname,
    serverPort: server.port || (isTls ? "443" : "80"),
    remoteAddress,
    remotePort: REMOTE_PORT,
    isUnixSocket: false,
    input: new RequestInput(openBody, limits),
    limits,
    signal,
  }, { environ });
}

/**
 * Returns the response to a request that the server rejects.
 *
 * @param request The request of the test.
 * @param error The reason.
 * @param url The URL of the request.
 * @param redirects The earlier responses, which redirected to this request.
 * @returns The response. Its `errors` contain the reason.
 */
export function refusedResponse(
  { method }: TestRequest,
  { message, status }: RequestError,
  url: string,
  redirects: readonly TestResponse[],
): TestResponse {
  const [start, page] = errorResponse(status);
  const head = withContentLength(start, page.length);
  return new TestResponse({
    url,
    statusLine: head.status,
    headers: head.headers,
    chunks: method === "HEAD" ? [] : [page],
    complete: true,
    closed: false,
    errors: `Rejected the request with ${status}: ${message}\n`,
    violations: [],
    redirects: [...redirects],
  });
}
