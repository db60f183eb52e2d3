/**
 * Creates the environ of a request that arrives as a fetch `Request`.
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

/** The client's address, if the runtime passes it as Deno does. */
type Remote = Pick<
  RequestFacts,
  "isUnixSocket" | "remoteAddress" | "remotePort"
>;

/** The schemes of HTTP. Deno uses http+unix for Unix sockets. */
const HTTP_URL = /^http(?:s|\+unix)?:\/\//i;

/**
 * Reads the address of the client.
 *
 * @param info The second argument of the handler.
 * @returns The address and port, if known.
 */
export function remoteOf(info: unknown): Remote {
  const { transport, hostname, port } =
    (info as { remoteAddr?: Record<string, unknown> | null } | null | undefined)
      ?.remoteAddr ?? {};
  const isAddress = typeof hostname === "string";
  return {
    remoteAddress: isAddress ? hostname : undefined,
    remotePort: isAddress && typeof port === "number"
      ? String(port)
      : undefined,
    isUnixSocket: transport === "unix",
  };
}

/**
 * Returns whether the runtime invented the authority. A request of HTTP/1.0 may
 * have no Host, and a Host may be empty; Deno then uses `localhost` and its
 * port. A request of HTTP/2 has no Host either, but a real authority. Under
 * TLS, a request without Host is nearly always HTTP/2.
 */
function isInvented(
  authority: string,
  scheme: string,
  port: number | undefined,
  isUnix: boolean,
): boolean {
  // On a Unix socket, it is the percent-encoded path of the socket, which
  // contains a "%".
  if (isUnix) return authority.includes("%");
  // Without a port, the request may have been created in this program.
  return scheme === "http" && port !== undefined &&
    (authority === `localhost:${port}` || authority === "localhost");
}

/**
 * Returns the target of CONNECT, which is an authority: RFC 9112 section 3.2.3.
 */
function toConnect({ authority, query }: RequestTarget): RequestTarget {
  return { authority, uri: authority, path: "", query };
}

/** Returns alternating names and values. */
function listHeaders(headers: Headers): string[] {
  const list: string[] = [];
  let hasCookies = false;
  // In Deno, `for…of` takes twice as long.
  headers.forEach((value, name) => {
    switch (name) {
      case "set-cookie":
        // Iteration yields each Set-Cookie separately.
        if (hasCookies) return;
        hasCookies = true;
        // Falls through.
      case "content-length":
      case "content-type":
        // In Deno 2.9, iteration drops an empty first value.
        list.push(name, headers.get(name) ?? value);
        return;
      default:
        list.push(name, value);
    }
  });
  return list;
}

/**
 * Creates the environ of one request.
 *
 * @param request The request; its body is not opened.
 * @param info The second argument of the handler: Deno's `ServeHandlerInfo`, or
 * anything else.
 * @param signal Returns the signal of the request.
 * @param options The options of the handler.
 * @param templates The templates from earlier requests.
 * @returns A fresh environ.
 * @throws {RequestError} If the request is malformed and must not reach an
 * application.
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
    throw new RequestError(
      `URL must begin with http: or https:, got ${quote(url)}`,
    );
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
      // Deno does not expose the version. Most clients use this one.
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
  // Runtimes pass on expectations that they do not know.
  expectsContinue(environ.HTTP_EXPECT);
  return environ;
}
