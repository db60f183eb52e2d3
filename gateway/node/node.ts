/**
 * Runs a WSGI application as a request listener of `node:http`: on Node.js, on
 * Bun, and on Deno, also behind Express and whatever else calls such listeners.
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
 * The connections on which a request was refused. Nobody knows where the next
 * one begins, and `node:http` reports what it takes for that at once.
 */
const refused = new WeakSet<NodeSocket>();

/** Refuses a request, so that no application sees it. */
function refuse(
  request: NodeRequest,
  transport: NodeTransport,
  { status }: RequestError,
): void {
  // A body that is too long has a known end, like one that is not read.
  if (status !== 413 && request.stream === undefined) {
    transport.closesConnection = true;
    refused.add(request.socket);
  }
  // The parser may find a fault in what has arrived behind the head. Then
  // node:http answers, but only while nothing was sent.
  queueMicrotask(() => sendErrorResponse(request, transport, status));
}

/**
 * Sends the response to a request that was refused. The connection stays open
 * until the client has sent all of the request: closed before, it would be
 * reset, and the client could not read the response.
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

/** Lets go of a request that is over, so that the next one can follow. */
function release(request: NodeRequest, input: unknown): void {
  if (input instanceof RequestInput) input.release();
  // Node.js does it by itself only where nothing of the body was read.
  request.resume();
}

/**
 * Makes a request listener of an application.
 *
 * The reason phrase, and the case, order and repetition of the headers are sent
 * as the application gave them. `SERVER_PROTOCOL` is the version that the client
 * speaks, `HTTP/1.0` too.
 *
 * In Express, Connect and frameworks like them, `app.use("/shop", listener)`
 * makes `/shop` the `SCRIPT_NAME`: `req.originalUrl` and `req.baseUrl` say so.
 * Headers that middleware has set before are sent too, unless the application
 * sets the same; of `Set-Cookie` and `Vary` both are sent. A request body that
 * middleware such as `express.json()` has read cannot be read again: reading it
 * rejects, and the request fails with 500.
 *
 * What `node:http` decides, this listener leaves to it: `Date`, keep-alive and
 * timeouts, the limits of a request head, `100 Continue` (sent before the
 * listener is called, unless the server listens to `checkContinue`), and CONNECT,
 * which is an event of its own. So is Upgrade where the server listens to
 * `upgrade`; otherwise it is ignored, and the connection closed after the
 * response. Trailers of a request are ignored.
 *
 * A client that closes its sending side counts as one that has left, unless the
 * property `httpAllowHalfOpen` of the server is true. A body that had arrived
 * before can still be read.
 *
 * The listener also serves `node:http2`. `HTTP_HOST` is `:authority` there, and
 * the reason phrase is not sent.
 *
 * Requests that `node:http` lets through and RFC 9112 does not are refused, and
 * their connections closed: other versions than HTTP/1, a missing or malformed
 * Host, targets of other schemes, and a Transfer-Encoding that is anything but
 * `chunked`. Each is logged in a line of `wsgi.errors`.
 *
 * A body that the application has not read is read and dropped after the
 * response, for as long as the server's `requestTimeout` allows.
 *
 * PEP 3333, "The Server/Gateway Side".
 *
 * @param app The application.
 * @param options What its environ says about the server, and limits.
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
    // What node:http does after these depends on its version: some versions
    // drop bytes that have arrived behind them.
    transport.closesConnection = req.stream === undefined &&
      (req.method === "CONNECT" || environ.HTTP_UPGRADE !== undefined);
    // Taken now: the application may change its environ.
    const input = environ["wsgi.input"];
    const done = runApplication(app, environ, transport, options);
    if (done === undefined) release(req, input);
    else done.then(() => release(req, input));
  };
}
