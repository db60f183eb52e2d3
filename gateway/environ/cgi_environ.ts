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

/** The part before the path in absolute form, RFC 9112 section 3.2.2. */
const ORIGIN = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?]*/;

/** Variables that no application may see: SPEC.md, environ-http-forbidden. */
const FORBIDDEN: readonly string[] = [
  "HTTP_CONTENT_LENGTH",
  "HTTP_CONTENT_TYPE",
  "HTTP_PROXY",
  "HTTP_TRANSFER_ENCODING",
];

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

/** The variables of RFC 3875 section 4.1, as ByteStrings. */
export type CgiVariables = Readonly<Record<string, string>>;

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
 * Returns `REQUEST_URI` as path and query. Apache also passes on the absolute
 * form.
 *
 * @param variables The CGI variables.
 * @returns Path and query; `undefined` without `REQUEST_URI`.
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
 * UTF-8: the part of `REQUEST_URI` after `SCRIPT_NAME`.
 */
function lostPath(
  variables: CgiVariables,
  script: string,
): string {
  const [raw = ""] = (requestUriOf(variables) ?? "").split("?", 1);
  const path = percentDecode(raw);
  if (!path.startsWith(`${script}/`)) return "";
  const rest = path.slice(script.length);
  // The runtime could have read UTF-8, so there was no PATH_INFO.
  return isUtf8(rest) ? "" : rest;
}

/** Returns SCRIPT_NAME and PATH_INFO according to SPEC.md, section 5.3. */
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

/** Returns SERVER_NAME; an IPv6 address is put in brackets. */
function serverNameOf({ SERVER_NAME }: CgiVariables): string {
  const name = SERVER_NAME || "localhost";
  return name.includes(":") && !name.startsWith("[") ? `[${name}]` : name;
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
