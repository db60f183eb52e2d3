/**
 * Runs a WSGI application as a request listener of `node:http`: on Node.js, Bun
 * and Deno, and in Express and other frameworks that call such listeners.
 *
 * ```ts ignore
 * import { createServer } from "node:http";
 * import { demoApp } from "@wsgi/ref";
 * import { toNodeListener } from "@wsgi/ref/node";
 *
 * createServer(toNodeListener(demoApp)).listen(8000, "127.0.0.1");
 * ```
 *
 * @module
 */

import type { EnvironOptions } from "../environ/request_environ.ts";
import { errorResponse } from "../error_response.ts";
import { RequestInput } from "../input/input_stream.ts";
import { createNodeEnviron } from "./environ.ts";
import { NodeTransport } from "./transport.ts";
import type {
  NodeRequest,
  NodeResponse,
  NodeSocket,
  NodeStream,
} from "./node_http.ts";
import { RequestError } from "../../http1/request_error.ts";
import { createLog, describeRefusal } from "../rate_limited_log.ts";
import { withContentLength } from "../response_head.ts";
import {
  checkApplication,
  runApplication,
  type RunOptions,
} from "../run_application.ts";
import type { Application, Environ } from "../../wsgi/types.ts";

export type {
  EnvironOptions,
  NodeRequest,
  NodeResponse,
  NodeSocket,
  NodeStream,
  RunOptions,
};

/** Options of {@linkcode toNodeListener}. */
export interface NodeListenerOptions extends EnvironOptions, RunOptions {}

/**
 * A request listener of `node:http`.
 *
 * @param req The request, an `IncomingMessage`.
 * @param res Its response, a `ServerResponse`.
 */
export type NodeListener = (req: NodeRequest, res: NodeResponse) => void;

/**
 * The connections on which a request was rejected. It is unknown where the next
 * request begins, and `node:http` would pass on bytes that it takes for a
 * request.
 */
const refused = new WeakSet<NodeSocket>();

/** Rejects a request that must not reach an application. */
function refuse(
  request: NodeRequest,
  transport: NodeTransport,
  { status }: RequestError,
): void {
  // A body that is too long has a known end, like an unread one.
  if (status !== 413 && request.stream === undefined) {
    transport.closesConnection = true;
    refused.add(request.socket);
  }
  // The parser may find an error in bytes after the head. In that case
  // node:http responds, but only if nothing has been sent.
  queueMicrotask(() => sendErrorResponse(request, transport, status));
}

/**
 * Sends the response to a rejected request. The connection stays open until the
 * client has sent the whole request. Closing it earlier would reset it, and the
 * client could not read the response.
 */
function sendErrorResponse(
  request: NodeRequest,
  transport: NodeTransport,
  status: number,
): void {
  if (request.destroyed) return;
  const [head, page] = errorResponse(status);
  transport.sendHead(withContentLength(head, page.byteLength));
  if (request.method !== "HEAD") transport.write(page);
  if (!transport.closesConnection || request.readableEnded) transport.end();
  else request.on("end", () => transport.end());
  request.resume();
}

/** Releases a request that is over, so that the next one can follow. */
function release(request: NodeRequest, input: unknown): void {
  if (input instanceof RequestInput) input.release();
  // Node.js only does this if no part of the body was read.
  request.resume();
}

/**
 * Turns an application into a request listener.
 *
 * The reason phrase and the headers are sent unchanged, with their case, order
 * and repetition. `SERVER_PROTOCOL` is the version that the client uses,
 * including `HTTP/1.0`.
 *
 * In Express, Connect and similar frameworks, `app.use("/shop", listener)`
 * makes `/shop` the `SCRIPT_NAME`, based on `req.originalUrl` and
 * `req.baseUrl`. Headers that middleware has set before are sent too, unless
 * the application sets the same header; `Set-Cookie` and `Vary` are combined. A
 * request body that middleware such as `express.json()` has read cannot be read
 * again: reading it rejects, and the response is 500.
 *
 * `node:http` remains responsible for `Date`, keep-alive and timeouts, the
 * limits of a request head, `100 Continue` (sent before the listener is called,
 * unless the server listens to `checkContinue`), and CONNECT, which is a
 * separate event. Upgrade is a separate event too if the server listens to
 * `upgrade`; otherwise it is ignored, and the connection is closed after the
 * response. Trailers of a request are ignored.
 *
 * A client that closes its sending side is considered gone, unless the property
 * `httpAllowHalfOpen` of the server is true. A body that arrived before can
 * still be read.
 *
 * The listener also works with `node:http2`. There, `HTTP_HOST` is
 * `:authority`, and the reason phrase is not sent.
 *
 * Requests that `node:http` accepts although RFC 9112 forbids them are
 * rejected, and their connections are closed: versions other than HTTP/1, a
 * missing or malformed Host, targets with other schemes, and any
 * Transfer-Encoding other than `chunked`. Each is logged in `wsgi.errors`.
 *
 * After the response, an unread body is read and dropped, for as long as the
 * server's `requestTimeout` allows.
 *
 * PEP 3333, "The Server/Gateway Side".
 *
 * @param app The application, called once per request.
 * @param options The properties of the server, and limits.
 * @returns The listener. It never throws.
 * @throws {TypeError} If `app` is not a function.
 *
 * @example Usage
 * ```ts
 * import { toNodeListener } from "@wsgi/ref/node";
 * import type { Application } from "@wsgi/ref";
 * import { assertEquals } from "@std/assert";
 * import { once } from "node:events";
 * import { createServer } from "node:http";
 * import type { AddressInfo } from "node:net";
 *
 * const app: Application = (_environ, startResponse) => {
 *   startResponse("200 OK", [["Content-Type", "text/plain"]]);
 *   return [new TextEncoder().encode("Hello world!\n")];
 * };
 * const server = createServer(toNodeListener(app)).listen(0, "127.0.0.1");
 * await once(server, "listening");
 * const { port } = server.address() as AddressInfo;
 *
 * const response = await fetch(`http://127.0.0.1:${port}/`);
 * assertEquals(await response.text(), "Hello world!\n");
 * server.closeAllConnections();
 * server.close();
 * await once(server, "close");
 * ```
 */
export function toNodeListener(
  app: Application,
  options: NodeListenerOptions = {},
): NodeListener {
  checkApplication(app);
  const log = createLog(options.environ);
  return (req, res) => {
    const transport = new NodeTransport(req, res);
    if (refused.has(req.socket)) return void req.resume();
    let environ: Environ;
    try {
      const signal = () => transport.cancellation.signal;
      environ = createNodeEnviron(req, signal, options);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      log.add(describeRefusal(error, req.socket.remoteAddress || undefined));
      return refuse(req, transport, error);
    }
    // After these requests, some versions of node:http drop bytes that have
    // arrived.
    transport.closesConnection = req.stream === undefined &&
      (req.method === "CONNECT" || environ.HTTP_UPGRADE !== undefined);
    // Read now, because the application may change its environ.
    const input = environ["wsgi.input"];
    const done = runApplication(app, environ, transport, options);
    if (done === undefined) release(req, input);
    else done.then(() => release(req, input));
  };
}
