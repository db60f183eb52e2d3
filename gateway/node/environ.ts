/**
 * The environ of a request of `node:http`.
 *
 * @module
 */

import {
  checkBodySize,
  contentLengthFrom,
  contentTypeFrom,
} from "../environ/content_variables.ts";
import { type EnvironOptions, SERVER_SOFTWARE } from "../environ/environ.ts";
import { StderrStream } from "../../wsgi/error_stream.ts";
import { headerKey } from "../environ/header_key.ts";
import { RequestInput } from "../input/input_stream.ts";
import { wrapFile, WSGI_VERSION } from "../environ/interface_values.ts";
import { openNodeBody } from "./input.ts";
import type { NodeRequest, NodeSocket } from "./types.ts";
import type { BodyLimits } from "../input/request_body.ts";
import {
  BadRequest,
  parseTarget,
  type RequestTarget,
  serverOf,
} from "../environ/request_target.ts";
import { isAuthority } from "../../wsgi/http_syntax.ts";
import type { Environ } from "../../wsgi/types.ts";

const ABSOLUTE = /^[A-Za-z][A-Za-z0-9+.\-]*:\/\//;
const stderr = new StderrStream();

/** Of two of them nobody could tell which one another program has believed. */
const SINGLE: ReadonlySet<string> = new Set([
  "CONTENT_LENGTH",
  "CONTENT_TYPE",
  "HTTP_HOST",
]);

/** The variables that the request headers make, repeated ones joined. */
function headerVariables(
  headers: readonly string[],
): Record<string, string> {
  const variables: Record<string, string> = {};
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const key = headerKey(headers[i]!);
    if (key === undefined) continue;
    const value = headers[i + 1]!;
    const previous = variables[key];
    if (previous === undefined) {
      variables[key] = value;
    } else if (SINGLE.has(key)) {
      throw new BadRequest(`more than one ${key}`);
    } else {
      const comma = key === "HTTP_COOKIE" ? "; " : ", ";
      variables[key] = previous + comma + value;
    }
  }
  const { CONTENT_LENGTH: length, CONTENT_TYPE: type } = variables;
  if (length !== undefined) {
    variables["CONTENT_LENGTH"] = contentLengthFrom(length);
  }
  if (type !== undefined) variables["CONTENT_TYPE"] = contentTypeFrom(type);
  return variables;
}

function targetOf(request: NodeRequest, host: string): RequestTarget {
  const { method, url = "" } = request;
  if (url.startsWith("/")) return parseTarget(`http://${host}${url}`);
  if (ABSOLUTE.test(url)) return parseTarget(url);
  // RFC 9112 section 3.2.4.
  if (url === "*" && method === "OPTIONS") {
    return { authority: host, uri: "*", path: "*", query: "" };
  }
  throw new BadRequest("invalid target");
}

/** Writes an address as a host: IPv6 in brackets, IPv4 as such. */
function toHost(address: string): string {
  const plain = address.replace(/^::ffff:(?=[0-9.]+$)/i, "");
  return plain.includes(":") ? `[${plain}]` : plain;
}

/** The server's name and port: what the client calls it, or its address. */
function serverOfSocket(
  authority: string,
  scheme: string,
  socket: NodeSocket,
): readonly [name: string, port: string] {
  const { localAddress, localPort } = socket;
  if (authority !== "" || !localAddress || !localPort) {
    return serverOf(authority, scheme);
  }
  return [toHost(localAddress), String(localPort)];
}

/**
 * Makes the environ of one request.
 *
 * @param request The request; its body is not touched.
 * @param signal Gives the signal of the request.
 * @param options What the gateway's user says.
 * @returns A fresh environ.
 * @throws {BadRequest} If the request is one that no application may see.
 */
export function createNodeEnviron(
  request: NodeRequest,
  signal: () => AbortSignal,
  options: EnvironOptions,
): Environ {
  const { socket } = request;
  const variables = headerVariables(request.rawHeaders);
  const host = variables["HTTP_HOST"] ?? "";
  if (!isAuthority(host)) throw new BadRequest("invalid Host");
  const target = targetOf(request, host);
  const scheme = options.urlScheme ?? (socket.encrypted ? "https" : "http");
  const [name, port] = serverOfSocket(target.authority, scheme, socket);
  const limits: BodyLimits = { maxSize: options.maxRequestBodySize };
  const environ: Environ = {
    REQUEST_METHOD: request.method ?? "GET",
    SCRIPT_NAME: "",
    PATH_INFO: target.path,
    QUERY_STRING: target.query,
    REQUEST_URI: target.uri,
    SERVER_NAME: options.serverName ?? name,
    SERVER_PORT: options.serverPort?.toString() ?? port,
    SERVER_PROTOCOL: `HTTP/${request.httpVersion}`,
    SERVER_SOFTWARE: options.serverSoftware ?? SERVER_SOFTWARE,
    GATEWAY_INTERFACE: "CGI/1.1",
    ...variables,
    "wsgi.version": WSGI_VERSION,
    "wsgi.url_scheme": scheme,
    "wsgi.input": new RequestInput(() => openNodeBody(request), limits),
    "wsgi.errors": stderr,
    "wsgi.multithread": false,
    "wsgi.multiprocess": options.multiprocess ?? false,
    "wsgi.run_once": false,
    "wsgi.file_wrapper": wrapFile,
    "wsgi.input_terminated": true,
    "wsgiref.signal": signal,
  };
  if (scheme === "https") environ.HTTPS = "on";
  if (socket.remoteAddress) environ.REMOTE_ADDR = socket.remoteAddress;
  if (socket.remotePort) environ.REMOTE_PORT = String(socket.remotePort);
  // RFC 9112 section 3.2.2: the target's authority outranks the Host.
  if (target.authority !== "") environ.HTTP_HOST = target.authority;
  else delete environ.HTTP_HOST;
  if (environ.CONTENT_LENGTH !== undefined) {
    limits.contentLength = Number(environ.CONTENT_LENGTH);
    checkBodySize(limits.contentLength, options.maxRequestBodySize);
  }
  return Object.assign(environ, options.environ);
}
