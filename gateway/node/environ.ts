/**
 * Creates the environ of a request of `node:http`.
 *
 * @module
 */

import { RequestError } from "../../http1/request_error.ts";
import { checkTarget } from "../../http1/request_line.ts";
import { checkHost } from "../environ/request_checks.ts";
import type { BodyLimits } from "../input/request_body.ts";
import {
  createRequestEnviron,
  type EnvironOptions,
} from "../environ/request_environ.ts";
import type { NodeRequest, NodeSocket } from "./node_http.ts";
import { hostOf } from "../environ/header_variables.ts";
import { NodeBody } from "./input.ts";
import { resolveMounted, sentTarget } from "./mounted_target.ts";
import { RequestInput } from "../input/input_stream.ts";
import { serverOf } from "../environ/request_target.ts";
import type { Environ } from "../../wsgi/types.ts";

/**
 * Makes the checks that `http1/` makes for `makeServer()`. `node:http` and its
 * parser accept more, older versions in particular.
 *
 * @returns The version of HTTP.
 */
function checkRequestLine(
  request: NodeRequest,
): string {
  const { httpVersion, method = "GET", stream } = request;
  // HTTP/2 uses frames, which need none of these checks.
  if (stream !== undefined) return httpVersion;
  if (!httpVersion.startsWith("1.")) {
    const message = `version must be HTTP/1.1, got HTTP/${httpVersion}`;
    throw new RequestError(message, 505);
  }
  checkTarget(method, sentTarget(request));
  // RFC 9110 section 2.5: a higher minor version is treated as 1.1.
  return httpVersion === "1.0" ? "1.0" : "1.1";
}

const unixSockets = new WeakSet<NodeSocket>();

/**
 * Returns whether the client is connected through a Unix socket. A TCP
 * connection that was reset has no address either, so this uses the server's
 * address. A closed server no longer has one, so the result is stored for the
 * connection.
 */
function isUnixSocket(socket: NodeSocket): boolean {
  if (socket.remoteAddress) return false;
  if (typeof socket.server?.address?.() === "string") unixSockets.add(socket);
  return unixSockets.has(socket);
}

/**
 * Creates the environ of one request.
 *
 * @param request The request; its body is not read.
 * @param signal Returns the signal of the request.
 * @param options The options of the listener.
 * @returns A fresh environ.
 * @throws {RequestError} If the request is malformed and must not reach an
 * application.
 */
export function createNodeEnviron(
  request: NodeRequest,
  signal: () => AbortSignal,
  options: EnvironOptions,
): Environ {
  const { method = "GET", rawHeaders, socket } = request;
  const version = checkRequestLine(request);
  const host = hostOf(rawHeaders);
  // RFC 9112 section 3.2.
  if (host === undefined && version === "1.1") {
    throw new RequestError("Host must be sent with HTTP/1.1");
  }
  if (host !== undefined) checkHost(host);
  const { target, script } = resolveMounted(request, method, host ?? "");
  const scheme = options.urlScheme ?? (socket.encrypted ? "https" : "http");
  const [serverName, serverPort] = serverOf(target.authority, scheme, socket);
  const limits: BodyLimits = { maxSize: options.maxRequestBodySize };
  return createRequestEnviron({
    method,
    target,
    script,
    protocol: `HTTP/${version}`,
    scheme,
    serverName,
    serverPort,
    remoteAddress: socket.remoteAddress || undefined,
    remotePort: socket.remotePort ? String(socket.remotePort) : undefined,
    isUnixSocket: isUnixSocket(socket),
    host: target.authority || host,
    headers: rawHeaders,
    // RFC 9110 section 9.3.6: the bytes after CONNECT belong to the tunnel.
    input: new RequestInput(
      () => method === "CONNECT" ? null : new NodeBody(request, limits),
      limits,
    ),
    limits,
    signal,
  }, options);
}
