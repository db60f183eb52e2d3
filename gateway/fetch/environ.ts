/**
 * The environ of a request that arrives as a fetch `Request`.
 *
 * @module
 */

import { RequestError } from "../../http1/request_error.ts";
import { expectsContinue } from "../../http1/request_head.ts";
import { quote } from "../../wsgi/describe.ts";
import { checkHost } from "../environ/request_checks.ts";
import { openBody } from "./request_body.ts";
import type { BodyLimits } from "../input/request_body.ts";
import {
  createRequestEnviron,
  type EnvironOptions,
} from "../environ/request_environ.ts";
import type { EnvironTemplates } from "../environ/environ_template.ts";
import { hostOf } from "../environ/header_variables.ts";
import type { RequestFacts } from "../environ/request_facts.ts";
import { RequestInput } from "../input/input_stream.ts";
import {
  parseTarget,
  type RequestTarget,
  serverOf,
} from "../environ/request_target.ts";
import type { Environ } from "../../wsgi/types.ts";

/** The client's address, where the runtime gives it in Deno's form. */
type Remote = Pick<
  RequestFacts,
  "isUnixSocket" | "remoteAddress" | "remotePort"
>;

/** Deno serves Unix sockets with a scheme of its own. */
const HTTP_URL = /^http(?:s|\+unix)?:\/\//i;

/**
 * Reads where the client is.
 *
 * @param info What the runtime gives beside a request.
 * @returns Its address and port, as far as they are known.
 */
export function remoteOf(info: unknown): Remote {
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

/** Returns names and values in turn. */
function listHeaders(headers: Headers): string[] {
  const list: string[] = [];
  let hasCookies = false;
  // Not `for…of`, whose iterator makes Deno take twice as long.
  headers.forEach((value, name) => {
    switch (name) {
      case "set-cookie":
        // Iterating gives each of them by itself.
        if (hasCookies) return;
        hasCookies = true;
        // Falls through.
      case "content-length":
      case "content-type":
        // Iterating in Deno 2.9 drops a first value that is empty.
        list.push(name, headers.get(name) ?? value);
        return;
      default:
        list.push(name, value);
    }
  });
  return list;
}

/**
 * Makes the environ of one request.
 *
 * @param request The request; its body is not touched.
 * @param info What the runtime gives beside it: Deno's `ServeHandlerInfo`, or
 * anything else.
 * @param signal Gives the signal of the request.
 * @param options What the gateway's user says.
 * @param templates What is remembered of requests before.
 * @returns A fresh environ.
 * @throws {RequestError} If the request is one that no application may see.
 */
export function createFetchEnviron(
  request: Request,
  info: unknown,
  signal: () => AbortSignal,
  options: EnvironOptions,
  templates?: EnvironTemplates,
): Environ {
  const { method, url } = request;
  if (!HTTP_URL.test(url)) {
    throw new RequestError(`URL must be of http or https, got ${quote(url)}`);
  }
  const headers = listHeaders(request.headers);
  const host = hostOf(headers);
  if (host !== undefined) checkHost(host);
  const target = parseTarget(url);
  const { authority } = target;
  const scheme = options.urlScheme ??
    (/^https:/i.test(url) ? "https" : "http");
  const isUnix = url.startsWith("http+unix:");
  const [serverName, serverPort] = serverOf(isUnix ? "" : authority, scheme);
  const isUnknown = !host &&
    isInvented(authority, scheme, options.serverPort, isUnix);
  const limits: BodyLimits = { maxSize: options.maxRequestBodySize };
  const remote = remoteOf(info);
  const environ = createRequestEnviron(
    {
      method,
      target: method === "CONNECT" ? toConnect(target) : target,
      // Deno hides the version. This is the one it speaks to most clients.
      protocol: "HTTP/1.1",
      scheme,
      serverName,
      serverPort,
      remoteAddress: remote.remoteAddress,
      remotePort: remote.remotePort,
      isUnixSocket: remote.isUnixSocket,
      host: isUnknown ? host : authority || host || undefined,
      headers,
      input: new RequestInput(() => openBody(request), limits),
      limits,
      signal,
    },
    options,
    templates?.for(headers.length / 2),
  );
  // Runtimes pass on what they do not know.
  expectsContinue(environ.HTTP_EXPECT);
  return environ;
}
