/**
 * The environ of a request that arrives as a fetch `Request`.
 *
 * @module
 */

import { RequestError } from "../../http1/request_error.ts";
import { quote } from "../../wsgi/describe.ts";
import { checkHost } from "../environ/request_checks.ts";
import { BodyTakenError } from "../input/body_source.ts";
import type { BodyLimits } from "../input/request_body.ts";
import {
  createRequestEnviron,
  type EnvironOptions,
} from "../environ/request_environ.ts";
import { RequestInput } from "../input/input_stream.ts";
import {
  parseTarget,
  type RequestTarget,
  serverOf,
} from "../environ/request_target.ts";
import type { Environ } from "../../wsgi/types.ts";

/** The client's address, where the runtime gives it in Deno's form. */
interface Remote {
  readonly remoteAddress: string | undefined;
  readonly remotePort: number | undefined;
  readonly isUnixSocket: boolean;
}

/** Deno serves Unix sockets with a scheme of its own. */
const HTTP_URL = /^http(?:s|\+unix)?:\/\//i;

function remoteOf(info: unknown): Remote {
  const { transport, hostname, port } =
    (info as { remoteAddr?: Record<string, unknown> | null } | null | undefined)
      ?.remoteAddr ?? {};
  const isAddress = typeof hostname === "string";
  return {
    remoteAddress: isAddress ? hostname : undefined,
    remotePort: isAddress && typeof port === "number" ? port : undefined,
    isUnixSocket: transport === "unix",
  };
}

/**
 * Returns whether the runtime made the authority up. HTTP/1.0 may go without a
 * Host, and a Host may be empty; Deno then writes `localhost` and its port.
 * HTTP/2 has none either, but a true authority. Under TLS it is nearly always
 * HTTP/2.
 */
function isInvented(
  authority: string,
  scheme: string,
  port: number | undefined,
  isUnix: boolean,
): boolean {
  // There it is the path of the socket, percent-encoded, and so has a "%".
  if (isUnix) return authority.includes("%");
  // A caller that gives no port may have made the request in this program.
  return scheme === "http" && port !== undefined &&
    (authority === `localhost:${port}` || authority === "localhost");
}

/** RFC 9112 section 3.2.3: the target of CONNECT is an authority. */
function toConnect({ authority, query }: RequestTarget): RequestTarget {
  return { authority, uri: authority, path: "", query };
}

function openBody(request: Request): ReadableStream<Uint8Array> | null {
  const { body } = request;
  if (request.bodyUsed || body?.locked) {
    throw new BodyTakenError("it was read before, or is being read");
  }
  return body;
}

/**
 * Makes the environ of one request.
 *
 * @param request The request; its body is not touched.
 * @param info What the runtime gives beside it: Deno's `ServeHandlerInfo`, or
 * anything else.
 * @param signal Gives the signal of the request.
 * @param options What the gateway's user says.
 * @returns A fresh environ.
 * @throws {RequestError} If the request is one that no application may see.
 */
export function createFetchEnviron(
  request: Request,
  info: unknown,
  signal: () => AbortSignal,
  options: EnvironOptions,
): Environ {
  const { method, url, headers } = request;
  if (!HTTP_URL.test(url)) {
    throw new RequestError(`URL must be of http or https, got ${quote(url)}`);
  }
  const host = headers.get("host");
  if (host !== null) checkHost(host);
  const target = parseTarget(url);
  const { authority } = target;
  const scheme = options.urlScheme ??
    (/^https:/i.test(url) ? "https" : "http");
  const isUnix = url.startsWith("http+unix:");
  const [serverName, serverPort] = serverOf(isUnix ? "" : authority, scheme);
  const isUnknown = (host === null || host === "") &&
    isInvented(authority, scheme, options.serverPort, isUnix);
  const limits: BodyLimits = { maxSize: options.maxRequestBodySize };
  return createRequestEnviron({
    method,
    target: method === "CONNECT" ? toConnect(target) : target,
    // Deno hides the version. This is the one it speaks to most clients.
    protocol: "HTTP/1.1",
    scheme,
    serverName,
    serverPort,
    ...remoteOf(info),
    host: isUnknown ? host ?? undefined : authority || host || undefined,
    headers,
    input: new RequestInput(() => openBody(request), limits),
    limits,
    signal,
  }, options);
}
