/**
 * The environ of a request of `node:http`.
 *
 * @module
 */

import { checkHost } from "../environ/bad_request.ts";
import type { BodyLimits } from "../input/request_body.ts";
import {
  createRequestEnviron,
  type EnvironOptions,
} from "../environ/request_environ.ts";
import type { NodeRequest } from "./node_http.ts";
import { openNodeBody } from "./input.ts";
import { RequestInput } from "../input/input_stream.ts";
import { resolveTarget, serverOf } from "../environ/request_target.ts";
import type { Environ } from "../../wsgi/types.ts";

/** Returns the value of Host, empty without one. */
function hostOf(headers: readonly string[]): string {
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i]!;
    if (name.length === 4 && name.toLowerCase() === "host") {
      return headers[i + 1]!;
    }
  }
  return "";
}

/**
 * Makes the environ of one request.
 *
 * @param request The request; its body is not touched.
 * @param signal Returns the signal of the request.
 * @param options What the gateway's user says.
 * @returns A fresh environ.
 * @throws {BadRequest} If the request is one that no application may see.
 */
export function createNodeEnviron(
  request: NodeRequest,
  signal: () => AbortSignal,
  options: EnvironOptions,
): Environ {
  const { method = "GET", rawHeaders, socket, url = "" } = request;
  const host = hostOf(rawHeaders);
  checkHost(host);
  const target = resolveTarget(url, method, host);
  const scheme = options.urlScheme ?? (socket.encrypted ? "https" : "http");
  const [serverName, serverPort] = serverOf(target.authority, scheme, socket);
  const limits: BodyLimits = { maxSize: options.maxRequestBodySize };
  return createRequestEnviron({
    method,
    target,
    protocol: `HTTP/${request.httpVersion}`,
    scheme,
    serverName,
    serverPort,
    remoteAddress: socket.remoteAddress || undefined,
    remotePort: socket.remotePort || undefined,
    host: target.authority || undefined,
    headers: rawHeaders,
    input: new RequestInput(() => openNodeBody(request), limits),
    limits,
    signal,
  }, options);
}
