/**
 * The environ of a request that arrives as CGI variables: CGI, SCGI, uwsgi.
 *
 * @module
 */

import {
  checkBodySize,
  checkContentType,
  checkFragment,
  checkHost,
  readContentLength,
} from "./request_checks.ts";
import { RequestError } from "../../http1/request_error.ts";
import { trimBlanks } from "../../http1/field_line.ts";
import {
  checkTransferEncoding,
  expectsContinue,
} from "../../http1/request_head.ts";
import { createBaseEnviron } from "./base_environ.ts";
import { type CgiVariables, pathsOf, requestUriOf } from "./cgi_paths.ts";
import { quote } from "../../wsgi/describe.ts";
import { isToken } from "../../wsgi/http_syntax.ts";
import { isAddress, toUrlHost } from "../../wsgi/ip_address.ts";
import type { Environ, ErrorStream, InputStream } from "../../wsgi/types.ts";
import type { EnvironOptions } from "./request_environ.ts";
import { guessScheme } from "../../wsgi/uri.ts";

/** Variables that no application may see: SPEC.md, environ-http-forbidden. */
const FORBIDDEN: readonly string[] = [
  "HTTP_CONTENT_LENGTH",
  "HTTP_CONTENT_TYPE",
  "HTTP_PROXY",
  "HTTP_TRANSFER_ENCODING",
];

/** Variables besides `HTTP_*` that are copied from the head of the request. */
const FROM_HEAD: readonly string[] = [
  "CONTENT_TYPE",
  "QUERY_STRING",
  "REQUEST_URI",
];

/** The form of SERVER_PROTOCOL. CGI has `INCLUDED` too, for server-side includes. */
const PROTOCOL = /^HTTP\/[0-9](?:\.[0-9])?$/;

/** Variables that are removed if they are empty: SPEC.md, environ-no-empty. */
const NEVER_EMPTY: readonly string[] = [
  "AUTH_TYPE",
  "CONTENT_TYPE",
  "PATH_TRANSLATED",
  "REMOTE_ADDR",
  "REMOTE_HOST",
  "REMOTE_IDENT",
  "REMOTE_PORT",
  "REMOTE_USER",
];

/** The properties of a request that are not among its variables. */
export interface CgiFacts {
  /**
   * Opens the request body; called once the request has been checked.
   *
   * @param contentLength Its length in bytes, if known.
   * @returns `wsgi.input`.
   */
  openInput(contentLength: number | undefined): InputStream;
  /** `wsgi.errors`. */
  readonly errors: ErrorStream;
  /** `wsgi.multiprocess`. */
  readonly multiprocess: boolean;
  /** `wsgi.run_once`. */
  readonly runOnce: boolean;
  /** `wsgiref.signal`. */
  readonly signal: () => AbortSignal;
  /** Whether `PATH_INFO` begins with `SCRIPT_NAME`, as under IIS. */
  readonly repeatsScript?: boolean | undefined;
}

/**
 * Returns an address without its port and brackets, or `""` if the text is not
 * an address.
 */
function remoteAddressOf(text: string): string {
  const bare = text.replace(/^\[(.*)\](?::\d*)?$|^([^:]*):\d*$/, "$1$2");
  return isAddress(bare) ? bare : "";
}

/** Throws for a line end, which no head of a request has: RFC 9110 section 5.5. */
function checkLines(variables: CgiVariables): void {
  for (const [name, value] of Object.entries(variables)) {
    if (!/[\r\n]/.test(value)) continue;
    if (name.startsWith("HTTP_") || FROM_HEAD.includes(name)) {
      throw new RequestError(`${name} must have no line ends`);
    }
  }
}

/**
 * Creates the environ of a CGI request: the variables without those that no
 * application may see, and with those that a server in front may omit.
 *
 * RFC 3875 section 4.1.
 *
 * @param variables The CGI variables; not changed.
 * @param facts The properties that are not among the variables.
 * @param options The options of the gateway.
 * @returns A fresh environ.
 * @throws {RequestError} If the request is malformed and must not reach an
 * application.
 */
export function createCgiEnviron(
  variables: CgiVariables,
  facts: CgiFacts,
  options: Pick<EnvironOptions, "environ" | "maxRequestBodySize">,
): Environ {
  const {
    REQUEST_METHOD: method = "",
    CONTENT_LENGTH = "",
    HTTP_EXPECT,
    HTTP_HOST,
    HTTP_TRANSFER_ENCODING,
    REMOTE_ADDR = "",
    SERVER_PROTOCOL,
  } = variables;
  // nginx keeps tabs around the value.
  const type = trimBlanks(variables["CONTENT_TYPE"] ?? "", 0);
  if (!isToken(method)) {
    throw new RequestError(
      `REQUEST_METHOD must be a token, got ${quote(method)}`,
    );
  }
  checkLines(variables);
  if (HTTP_HOST !== undefined) checkHost(HTTP_HOST);
  if (HTTP_TRANSFER_ENCODING !== undefined) {
    // A CONTENT_LENGTH next to it is correct if the server in front has decoded
    // the body.
    const version = SERVER_PROTOCOL?.replace("HTTP/", "") ?? "";
    checkTransferEncoding(HTTP_TRANSFER_ENCODING, version, undefined);
  }
  // lighttpd passes on expectations that it does not know.
  if (SERVER_PROTOCOL !== "HTTP/1.0") expectsContinue(HTTP_EXPECT);
  checkContentType(type);
  // In CGI, an empty value means that there is none.
  const length = CONTENT_LENGTH === ""
    ? undefined
    : readContentLength(CONTENT_LENGTH);
  checkBodySize(length, options.maxRequestBodySize);
  const uri = requestUriOf(variables);
  if (uri !== undefined) checkFragment(uri);
  const scheme = guessScheme(variables);
  const [script, path] = pathsOf(variables, facts.repeatsScript ?? false);
  // nginx writes "unix:" if its client is connected through a Unix socket.
  const isUnixSocket = REMOTE_ADDR.startsWith("unix:");
  const base = createBaseEnviron({
    method,
    script,
    path,
    query: variables["QUERY_STRING"] ?? "",
    serverName: toUrlHost(variables["SERVER_NAME"] || "localhost"),
    serverPort: variables["SERVER_PORT"] ||
      (scheme === "https" ? "443" : "80"),
    protocol: PROTOCOL.test(SERVER_PROTOCOL ?? "")
      ? SERVER_PROTOCOL!
      : "HTTP/1.1",
    scheme,
    input: facts.openInput(length),
    errors: facts.errors,
    multiprocess: facts.multiprocess,
    runOnce: facts.runOnce,
    signal: facts.signal,
    isUnixSocket,
  });
  const environ = {
    ...variables,
    ...base,
    CONTENT_TYPE: type,
    REMOTE_ADDR: remoteAddressOf(REMOTE_ADDR),
  } as Environ;
  for (const name of FORBIDDEN) delete environ[name];
  for (const name of NEVER_EMPTY) {
    if (environ[name] === "") delete environ[name];
  }
  if (length === undefined) delete environ.CONTENT_LENGTH;
  else environ.CONTENT_LENGTH = String(length);
  if (scheme === "https") environ.HTTPS = "on";
  else delete environ.HTTPS;
  if (uri !== undefined) environ.REQUEST_URI = uri;
  environ.GATEWAY_INTERFACE = variables["GATEWAY_INTERFACE"] || "CGI/1.1";
  return Object.assign(environ, options.environ);
}
