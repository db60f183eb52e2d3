/**
 * The environ of a request that arrives as CGI variables.
 *
 * @module
 */

import { guessScheme } from "../../wsgi/uri.ts";
import {
  hasBareComma,
  isToken,
  parseContentLength,
} from "../../wsgi/http_syntax.ts";
import { wrapFile, WSGI_VERSION } from "./interface_values.ts";
import { percentDecode, toBytes } from "../../wsgi/byte_string.ts";
import { quote } from "../../wsgi/describe.ts";
import { BadRequest } from "./request_target.ts";
import type { Environ, ErrorStream, InputStream } from "../../wsgi/types.ts";

/** RFC 9112 section 3.2.2: what stands before the path in absolute form. */
const ORIGIN = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?]*/;

/** Variables that SPEC.md, environ-http-forbidden, keeps from applications. */
const FORBIDDEN: readonly string[] = [
  "HTTP_CONTENT_LENGTH",
  "HTTP_CONTENT_TYPE",
  "HTTP_PROXY",
  "HTTP_TRANSFER_ENCODING",
];

/** What of a CGI request is not in its variables. */
export interface CgiStreams {
  /** `wsgi.input`. */
  readonly input: InputStream;
  /** `wsgi.errors`. */
  readonly errors: ErrorStream;
  /** `wsgiref.signal`. */
  readonly signal: () => AbortSignal;
}

/**
 * Reads the length of the request body.
 *
 * @param variables The CGI variables.
 * @returns The length; nothing where there is none, also where it is empty.
 * @throws {BadRequest} If it is not a number of bytes.
 */
export function contentLengthOf(
  variables: Readonly<Record<string, string>>,
): number | undefined {
  const value = variables["CONTENT_LENGTH"] ?? "";
  if (value === "") return undefined;
  const length = parseContentLength(value);
  if (length === undefined) {
    throw new BadRequest(
      `CONTENT_LENGTH must be digits, got ${quote(value)}`,
    );
  }
  return length;
}

/**
 * Gives `REQUEST_URI` as path and query; Apache passes an absolute form on.
 *
 * @param variables The CGI variables.
 * @returns Path and query; nothing where there is no such variable.
 */
export function requestUriOf(
  variables: Readonly<Record<string, string>>,
): string | undefined {
  const uri = variables["REQUEST_URI"]?.replace(ORIGIN, "");
  return uri === "" || uri?.startsWith("?") ? `/${uri}` : uri;
}

/**
 * Refuses what a server in front has joined of several.
 *
 * @param value The value of Content-Type; may be empty.
 * @throws {BadRequest} If it is more than one media type.
 */
export function checkContentType(value: string): void {
  if (hasBareComma(value)) {
    throw new BadRequest(
      `CONTENT_TYPE must be one media type, got ${quote(value)}`,
    );
  }
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
 * Gives the `PATH_INFO` that the runtime could not read because it is not
 * UTF-8. It is what `REQUEST_URI` has after `SCRIPT_NAME`.
 */
function lostPath(
  variables: Readonly<Record<string, string>>,
  script: string,
): string {
  const [raw = ""] = (requestUriOf(variables) ?? "").split("?", 1);
  const path = percentDecode(raw);
  if (!path.startsWith(`${script}/`)) return "";
  const rest = path.slice(script.length);
  // What is UTF-8 could be read: then there was no PATH_INFO.
  return isUtf8(rest) ? "" : rest;
}

/** Sets SCRIPT_NAME and PATH_INFO as SPEC.md, section 5.3, has them. */
function setPaths(
  environ: Record<string, unknown>,
  variables: Readonly<Record<string, string>>,
  repeatsScript: boolean,
): void {
  const { SCRIPT_NAME = "", PATH_INFO } = variables;
  const script = SCRIPT_NAME === "/" ? "" : SCRIPT_NAME;
  let path = PATH_INFO ?? lostPath(variables, script);
  if (repeatsScript && `${path}/`.startsWith(`${script}/`)) {
    path = path.slice(script.length);
  }
  if (script === "" && path === "" && environ["REQUEST_METHOD"] !== "CONNECT") {
    path = "/";
  }
  environ["SCRIPT_NAME"] = script;
  environ["PATH_INFO"] = path;
}

function setServer(
  environ: Record<string, unknown>,
  variables: Readonly<Record<string, string>>,
  scheme: string,
): void {
  const name = variables["SERVER_NAME"] || "localhost";
  environ["SERVER_NAME"] = name.includes(":") && !name.startsWith("[")
    ? `[${name}]`
    : name;
  environ["SERVER_PORT"] = variables["SERVER_PORT"] ||
    (scheme === "https" ? "443" : "80");
  environ["SERVER_PROTOCOL"] = variables["SERVER_PROTOCOL"] || "HTTP/1.1";
  environ["GATEWAY_INTERFACE"] = variables["GATEWAY_INTERFACE"] || "CGI/1.1";
}

/**
 * Makes the environ of a CGI request: the variables, less those that no
 * application may see, and what a server in front may leave out.
 *
 * RFC 3875 section 4.1.
 *
 * @param variables The CGI variables as ByteStrings; unchanged.
 * @param streams Input, errors and signal.
 * @param repeatsScript Whether `PATH_INFO` begins with `SCRIPT_NAME`, as IIS
 * has it.
 * @returns A fresh environ. `wsgi.run_once` and `wsgi.multiprocess` are true.
 * @throws {BadRequest} If the request is one that no application may see.
 */
export function createCgiEnviron(
  variables: Readonly<Record<string, string>>,
  streams: CgiStreams,
  repeatsScript: boolean = false,
): Environ {
  const { REQUEST_METHOD: method = "" } = variables;
  if (!isToken(method)) {
    throw new BadRequest(
      `REQUEST_METHOD must be a token, got ${quote(method)}`,
    );
  }
  checkContentType(variables["CONTENT_TYPE"] ?? "");
  const length = contentLengthOf(variables);
  const uri = requestUriOf(variables);
  if (uri?.includes("#")) {
    throw new BadRequest(`REQUEST_URI must have no "#", got ${quote(uri)}`);
  }
  const scheme = guessScheme(variables);
  const environ: Record<string, unknown> = { ...variables };
  for (const name of FORBIDDEN) delete environ[name];
  // An empty value is CGI's way to say that there is none.
  for (const name of ["CONTENT_LENGTH", "CONTENT_TYPE", "REMOTE_USER"]) {
    if (environ[name] === "") delete environ[name];
  }
  if (length !== undefined) environ["CONTENT_LENGTH"] = String(length);
  if (scheme === "https") environ["HTTPS"] = "on";
  else delete environ["HTTPS"];
  if (uri !== undefined) environ["REQUEST_URI"] = uri;
  environ["QUERY_STRING"] = variables["QUERY_STRING"] ?? "";
  setPaths(environ, variables, repeatsScript);
  setServer(environ, variables, scheme);
  environ["wsgi.version"] = WSGI_VERSION;
  environ["wsgi.url_scheme"] = scheme;
  environ["wsgi.input"] = streams.input;
  environ["wsgi.errors"] = streams.errors;
  environ["wsgi.multithread"] = false;
  environ["wsgi.multiprocess"] = true;
  environ["wsgi.run_once"] = true;
  environ["wsgi.file_wrapper"] = wrapFile;
  environ["wsgi.input_terminated"] = true;
  environ["wsgiref.signal"] = streams.signal;
  return environ as Environ;
}
