/**
 * Creates the environ of an HTTP request from facts that its gateway provides.
 *
 * @module
 */

import { checkTransferEncoding } from "../../http1/request_head.ts";
import { checkBodySize } from "./request_checks.ts";
import { createBaseEnviron, SERVER_SOFTWARE } from "./base_environ.ts";
import { StderrStream } from "../../wsgi/error_stream.ts";
import { addHeaders } from "./header_variables.ts";
import type { EnvironTemplate } from "./environ_template.ts";
import type { RequestFacts } from "./request_facts.ts";
import type { Environ } from "../../wsgi/types.ts";

/** The options for the environ that all gateways share. */
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
   * `wsgi.url_scheme`. Set it if the scheme is known, because a client can put
   * any scheme into an absolute-form target.
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
   * `wsgi.multiprocess`: whether other processes or isolates also serve the
   * application, as under `deno serve --parallel`.
   *
   * @default {false}
   */
  multiprocess?: boolean | undefined;
  /** Additional variables; they replace those of the request. */
  environ?: Readonly<Record<string, unknown>> | undefined;
  /**
   * The longest request body in bytes. The response to a longer one is 413.
   *
   * @default {no limit}
   */
  maxRequestBodySize?: number | undefined;
}

const stderr = new StderrStream();

/**
 * Creates the environ of one request.
 *
 * @param facts The facts about the request.
 * @param options The options of the gateway.
 * @param template The template from earlier requests, if there is one.
 * @returns A fresh environ.
 * @throws {RequestError} If the request is malformed and must not reach an
 * application.
 */
export function createRequestEnviron(
  facts: RequestFacts,
  options: EnvironOptions,
  template?: EnvironTemplate,
): Environ {
  const environ = template?.copy(facts) ??
    makeEnviron(facts, options, template);
  return completeEnviron(environ, options);
}

/**
 * Adds the variables from the options of the gateway.
 *
 * @param environ The environ of a request, which is changed.
 * @param options The options.
 * @returns The same environ.
 */
export function completeEnviron(
  environ: Environ,
  options: EnvironOptions,
): Environ {
  if (options.environ !== undefined) Object.assign(environ, options.environ);
  return environ;
}

function makeEnviron(
  facts: RequestFacts,
  options: EnvironOptions,
  template: EnvironTemplate | undefined,
): Environ {
  const { target, scheme, headers, host, limits } = facts;
  const environ = createBaseEnviron({
    method: facts.method,
    script: facts.script ?? "",
    path: target.path,
    query: target.query,
    serverName: options.serverName ?? facts.serverName,
    serverPort: options.serverPort?.toString() ?? facts.serverPort,
    protocol: facts.protocol,
    scheme,
    input: facts.input,
    errors: stderr,
    multiprocess: options.multiprocess ?? false,
    runOnce: false,
    signal: facts.signal,
    isUnixSocket: facts.isUnixSocket,
  });
  environ.REQUEST_URI = target.uri;
  environ.SERVER_SOFTWARE = options.serverSoftware ?? SERVER_SOFTWARE;
  if (scheme === "https") environ.HTTPS = "on";
  const { remoteAddress, remotePort } = facts;
  if (remoteAddress !== undefined) environ.REMOTE_ADDR = remoteAddress;
  if (remotePort !== undefined) environ.REMOTE_PORT = remotePort;
  const coding = addHeaders(environ, headers, host);
  const { CONTENT_LENGTH: length } = environ;
  if (length !== undefined) limits.contentLength = Number(length);
  if (coding !== undefined) {
    const version = facts.protocol.slice("HTTP/".length);
    checkTransferEncoding(coding, version, limits.contentLength);
  }
  checkBodySize(limits.contentLength, options.maxRequestBodySize);
  if (coding === undefined) template?.remember(facts, environ);
  return environ;
}
