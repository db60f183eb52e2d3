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
import { percentDecode, toBytes } from "../../wsgi/byte_string.ts";
import { quote } from "../../wsgi/describe.ts";
import { isToken } from "../../wsgi/http_syntax.ts";
import type { Environ, ErrorStream, InputStream } from "../../wsgi/types.ts";
import type { EnvironOptions } from "./request_environ.ts";
import { guessScheme } from "../../wsgi/uri.ts";

/** RFC 9112 section 3.2.2: what stands before the path in absolute form. */
const ORIGIN = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?]*/;

/** Variables that SPEC.md, environ-http-forbidden, keeps from applications. */
const FORBIDDEN: readonly string[] = [
  "HTTP_CONTENT_LENGTH",
  "HTTP_CONTENT_TYPE",
  "HTTP_PROXY",
  "HTTP_TRANSFER_ENCODING",
];

/** Variables that have no value if they are empty: environ-no-empty. */
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

/** The variables of RFC 3875 section 4.1, as ByteStrings. */
export type CgiVariables = Readonly<Record<string, string>>;

/** What a gateway knows of a request beside its variables. */
export interface CgiFacts {
  /**
   * Opens the request body, when nothing is wrong with the request.
   *
   * @param contentLength Its length in bytes, where it is known.
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
  /** Whether `PATH_INFO` begins with `SCRIPT_NAME`, as IIS has it. */
  readonly repeatsScript?: boolean | undefined;
}

/**
 * Returns `REQUEST_URI` as path and query; Apache passes an absolute form on.
 *
 * @param variables The CGI variables.
 * @returns Path and query; nothing where there is no such variable.
 */
export function requestUriOf(
  variables: CgiVariables,
): string | undefined {
  const uri = variables["REQUEST_URI"]?.replace(ORIGIN, "");
  return uri === "" || uri?.startsWith("?") ? `/${uri}` : uri;
}

function isUtf8(byteString: string): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(toBytes(byteString));
    return true;
  } catch {
    return false;
  }
}

/**
 * Returns the `PATH_INFO` that the runtime could not read because it is not
 * UTF-8. It is what `REQUEST_URI` has after `SCRIPT_NAME`.
 */
function lostPath(
  variables: CgiVariables,
  script: string,
): string {
  const [raw = ""] = (requestUriOf(variables) ?? "").split("?", 1);
  const path = percentDecode(raw);
  if (!path.startsWith(`${script}/`)) return "";
  const rest = path.slice(script.length);
  // What is UTF-8 could be read: then there was no PATH_INFO.
  return isUtf8(rest) ? "" : rest;
}

/** Returns SCRIPT_NAME and PATH_INFO as SPEC.md, section 5.3, has them. */
function pathsOf(
  variables: CgiVariables,
  repeatsScript: boolean,
): readonly [script: string, path: string] {
  const { SCRIPT_NAME = "", PATH_INFO, REQUEST_METHOD } = variables;
  const script = SCRIPT_NAME === "/" ? "" : SCRIPT_NAME;
  let path = PATH_INFO ?? lostPath(variables, script);
  if (repeatsScript && `${path}/`.startsWith(`${script}/`)) {
    path = path.slice(script.length);
  }
  const isRoot = script === "" && path === "" && REQUEST_METHOD !== "CONNECT";
  return [script, isRoot ? "/" : path];
}

/** Returns SERVER_NAME, an IPv6 address in brackets. */
function serverNameOf({ SERVER_NAME }: CgiVariables): string {
  const name = SERVER_NAME || "localhost";
  return name.includes(":") && !name.startsWith("[") ? `[${name}]` : name;
}

/**
 * Makes the environ of a CGI request: the variables, less those that no
 * application may see, and what a server in front may leave out.
 *
 * RFC 3875 section 4.1.
 *
 * @param variables The CGI variables; unchanged.
 * @param facts What the gateway knows beside them.
 * @param options What the gateway's user says.
 * @returns A fresh environ.
 * @throws {RequestError} If the request is one that no application may see.
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
  // nginx leaves tabs around it.
  const type = trimBlanks(variables["CONTENT_TYPE"] ?? "", 0);
  if (!isToken(method)) {
    throw new RequestError(
      `REQUEST_METHOD must be a token, got ${quote(method)}`,
    );
  }
  if (HTTP_HOST !== undefined) checkHost(HTTP_HOST);
  if (HTTP_TRANSFER_ENCODING !== undefined) {
    // CONTENT_LENGTH beside it is right where a server in front has decoded.
    const version = SERVER_PROTOCOL?.replace("HTTP/", "") ?? "";
    checkTransferEncoding(HTTP_TRANSFER_ENCODING, version, undefined);
  }
  // lighttpd passes on what it does not know.
  if (SERVER_PROTOCOL !== "HTTP/1.0") expectsContinue(HTTP_EXPECT);
  checkContentType(type);
  // An empty value is CGI's way to say that there is none.
  const length = CONTENT_LENGTH === ""
    ? undefined
    : readContentLength(CONTENT_LENGTH);
  checkBodySize(length, options.maxRequestBodySize);
  const uri = requestUriOf(variables);
  if (uri !== undefined) checkFragment(uri);
  const scheme = guessScheme(variables);
  const [script, path] = pathsOf(variables, facts.repeatsScript ?? false);
  // nginx writes "unix:" where its client is connected through a Unix socket.
  const isUnixSocket = REMOTE_ADDR.startsWith("unix:");
  const base = createBaseEnviron({
    method,
    script,
    path,
    query: variables["QUERY_STRING"] ?? "",
    serverName: serverNameOf(variables),
    serverPort: variables["SERVER_PORT"] ||
      (scheme === "https" ? "443" : "80"),
    protocol: SERVER_PROTOCOL || "HTTP/1.1",
    scheme,
    input: facts.openInput(length),
    errors: facts.errors,
    multiprocess: facts.multiprocess,
    runOnce: facts.runOnce,
    signal: facts.signal,
    isUnixSocket,
  });
  const environ = { ...variables, ...base, CONTENT_TYPE: type } as Environ;
  for (const name of FORBIDDEN) delete environ[name];
  for (const name of NEVER_EMPTY) {
    if (environ[name] === "") delete environ[name];
  }
  if (isUnixSocket) delete environ.REMOTE_ADDR;
  if (length === undefined) delete environ.CONTENT_LENGTH;
  else environ.CONTENT_LENGTH = String(length);
  if (scheme === "https") environ.HTTPS = "on";
  else delete environ.HTTPS;
  if (uri !== undefined) environ.REQUEST_URI = uri;
  environ.GATEWAY_INTERFACE = variables["GATEWAY_INTERFACE"] || "CGI/1.1";
  return Object.assign(environ, options.environ);
}
