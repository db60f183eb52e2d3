/**
 * The environ of a request that arrives as a fetch `Request`.
 *
 * @module
 */

import { checkBodySize } from "./content_variables.ts";
import { StderrStream } from "../../wsgi/error_stream.ts";
import { HeaderVariables } from "./header_variables.ts";
import type { BodyLimits } from "../input/request_body.ts";
import { RequestInput } from "../input/input_stream.ts";
import { wrapFile, WSGI_VERSION } from "./interface_values.ts";
import { completeLazily, type Laziness } from "./lazy_environ.ts";
import { BadRequest, parseTarget, serverOf } from "./request_target.ts";
import { isAuthority } from "../../wsgi/http_syntax.ts";
import type { Environ } from "../../wsgi/types.ts";

/** What every gateway lets its user say about the environ. */
export interface EnvironOptions {
  /**
   * `SERVER_NAME`.
   *
   * @default {the host in the URL of the request}
   */
  serverName?: string | undefined;
  /**
   * `SERVER_PORT`, from 0 to 65535.
   *
   * @default {the port in the URL of the request, or that of its scheme}
   */
  serverPort?: number | undefined;
  /**
   * `wsgi.url_scheme`. Say it where the server knows better than the URL: a
   * client may write any scheme into an absolute-form target.
   *
   * @default {the scheme in the URL of the request}
   */
  urlScheme?: "http" | "https" | undefined;
  /**
   * `SERVER_SOFTWARE`.
   *
   * @default {"wsgiref/0.1.0"}
   */
  serverSoftware?: string | undefined;
  /**
   * `wsgi.multiprocess`: whether other processes or isolates serve the same
   * application, as under `deno serve --parallel`.
   *
   * @default {false}
   */
  multiprocess?: boolean | undefined;
  /** Further variables, which win over those of the request. */
  environ?: Readonly<Record<string, unknown>> | undefined;
  /**
   * The longest request body in bytes. A longer one is answered with 413.
   *
   * @default {no limit}
   */
  maxRequestBodySize?: number | undefined;
}

/** What a server of this package knows besides. */
export interface ServerEnvironOptions extends EnvironOptions {
  /** Whether nobody else has the request, nor a clone of it. */
  ownsRequest?: boolean | undefined;
  /**
   * Whether headers may be read later. Only for who owns the request: another
   * could change its headers meanwhile.
   */
  laziness?: Laziness | undefined;
}

/** The name and version of this package, as `SERVER_SOFTWARE`. */
export const SERVER_SOFTWARE = "wsgiref/0.1.0";

const stderr = new StderrStream();

/** Adds the client's address, where the runtime tells it in Deno's form. */
function addRemote(environ: Environ, info: unknown): void {
  const addr = (info as { remoteAddr?: unknown } | null | undefined)
    ?.remoteAddr as { hostname?: unknown; port?: unknown } | null | undefined;
  if (typeof addr !== "object" || addr === null) return;
  if (typeof addr.hostname !== "string") return;
  environ.REMOTE_ADDR = addr.hostname;
  if (typeof addr.port === "number") environ.REMOTE_PORT = String(addr.port);
}

/**
 * Tells whether the runtime made the authority up. HTTP/1.0 may go without a
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
  // Whoever has not told its port may have made the request in this program.
  return scheme === "http" && port !== undefined &&
    (authority === `localhost:${port}` || authority === "localhost");
}

/**
 * Makes the environ of one request.
 *
 * @param request The request; its body is not touched.
 * @param info What the runtime tells beside it: Deno's `ServeHandlerInfo`, or
 * anything else.
 * @param signal Gives the signal of the request.
 * @param options What the gateway's user says.
 * @returns A fresh environ.
 * @throws {BadRequest} If the request is one that no application may see.
 */
export function createEnviron(
  request: Request,
  info: unknown,
  signal: () => AbortSignal,
  options: ServerEnvironOptions,
): Environ {
  const { url, headers } = request;
  const lazily = options.laziness?.decide() ? options.laziness : undefined;
  // It comes first: has() makes Deno fetch the headers, which it does in any
  // case before the response. Then each get() is spared a call of its own.
  const hasLength = lazily !== undefined && headers.has("content-length");
  const host = headers.get("host");
  if (host !== null && !isAuthority(host)) {
    throw new BadRequest("invalid Host");
  }
  const target = parseTarget(url);
  const scheme = options.urlScheme ??
    (/^https:/i.test(url) ? "https" : "http");
  const isUnix = url.startsWith("http+unix:");
  const [name, port] = isUnix
    ? ["localhost", scheme === "https" ? "443" : "80"]
    : serverOf(target.authority, scheme);
  const serverPort = options.serverPort?.toString() ?? port;
  const limits: BodyLimits = {
    maxSize: options.maxRequestBodySize,
    ownsChunks: options.ownsRequest,
  };
  let environ: Environ = {
    REQUEST_METHOD: request.method,
    SCRIPT_NAME: "",
    PATH_INFO: target.path,
    QUERY_STRING: target.query,
    REQUEST_URI: target.uri,
    SERVER_NAME: options.serverName ?? name,
    SERVER_PORT: serverPort,
    // Deno hides the version. This is the one it speaks to most clients.
    SERVER_PROTOCOL: "HTTP/1.1",
    SERVER_SOFTWARE: options.serverSoftware ?? SERVER_SOFTWARE,
    GATEWAY_INTERFACE: "CGI/1.1",
    "wsgi.version": WSGI_VERSION,
    "wsgi.url_scheme": scheme,
    "wsgi.input": new RequestInput(() => request.body, limits),
    "wsgi.errors": stderr,
    "wsgi.multithread": false,
    "wsgi.multiprocess": options.multiprocess ?? false,
    "wsgi.run_once": false,
    "wsgi.file_wrapper": wrapFile,
    "wsgi.input_terminated": true,
    "wsgiref.signal": signal,
  };
  if (scheme === "https") environ.HTTPS = "on";
  addRemote(environ, info);
  if (request.method === "CONNECT") {
    // RFC 9112 section 3.2.3: its target is an authority and has no path.
    environ.REQUEST_URI = target.authority;
    environ.PATH_INFO = "";
  }
  const isUnknown = (host === null || host === "") &&
    isInvented(target.authority, scheme, options.serverPort, isUnix);
  const variables = new HeaderVariables(
    headers,
    // RFC 9112 section 3.2.2: the target's authority outranks the Host.
    isUnknown ? host ?? undefined : target.authority || host || undefined,
  );
  let length: string | undefined;
  if (lazily === undefined) {
    const count = variables.addTo(environ);
    options.laziness?.saw(count);
    length = environ.CONTENT_LENGTH;
  } else {
    // Refused now, before the application is called, not when it looks.
    if (hasLength) length = variables.get("CONTENT_LENGTH");
    if (headers.has("content-type")) variables.get("CONTENT_TYPE");
    environ = completeLazily(environ, variables, lazily);
  }
  if (length !== undefined) {
    limits.contentLength = Number(length);
    checkBodySize(limits.contentLength, options.maxRequestBodySize);
  }
  if (options.environ !== undefined) Object.assign(environ, options.environ);
  return environ;
}
