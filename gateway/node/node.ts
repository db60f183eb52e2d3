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
import type { NodeRequest, NodeResponse, NodeSocket } from "./node_http.ts";
import { BadRequest } from "../environ/bad_request.ts";
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

/** Answers a request that no application sees. */
function sendErrorResponse(
  request: NodeRequest,
  transport: NodeTransport,
  code: number,
): void {
  const [head, page] = errorResponse(code);
  if (request.method !== "HEAD") return transport.respond(head, page);
  transport.sendHead(withContentLength(head, page.byteLength));
  transport.end();
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
 * What `node:http` decides, this listener leaves to it: `Date`, keep-alive and
 * timeouts, the limits of a request head, `100 Continue` (sent before the
 * listener is called, unless the server listens to `checkContinue`), and CONNECT
 * and Upgrade, which are events of their own. Trailers of a request are ignored.
 * A client that closes its sending side counts as one that has left.
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
  return (req, res) => {
    const transport = new NodeTransport(req, res);
    let environ: Environ;
    try {
      const signal = () => transport.cancellation.signal;
      environ = createNodeEnviron(req, signal, options);
    } catch (error) {
      if (!(error instanceof BadRequest)) throw error;
      sendErrorResponse(req, transport, error.status);
      return void req.resume();
    }
    // Taken now: the application may change its environ.
    const input = environ["wsgi.input"];
    const done = runApplication(app, environ, transport, options);
    if (done === undefined) release(req, input);
    else done.then(() => release(req, input));
  };
}
