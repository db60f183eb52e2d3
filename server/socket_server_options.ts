/**
 * {@linkcode SocketServerOptions}: the settings of a server over sockets, and
 * the defaults of its time limits.
 *
 * @module
 */

import type { RunOptions } from "../gateway/run_application.ts";
import type { Application, ErrorStream } from "../wsgi/types.ts";
import type { AccessLog } from "./access_log.ts";
import type { Listener } from "./listener.ts";
import type { Protocol } from "./protocol.ts";
import type { BackendOptions, ServerOptions } from "./types.ts";

/** The time limits of a server, in milliseconds; `Infinity` for no limit. */
export interface Timeouts {
  /** The limit for the head of a request. */
  readonly headersTimeout: number;
  /** The limit between requests. */
  readonly keepAliveTimeout: number;
  /** The limit for a request. */
  readonly requestTimeout: number;
  /** The limit for the requests that run when the server shuts down. */
  readonly shutdownTimeout: number;
}

const HEADERS_TIMEOUT_MS = 30_000;
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
const SHUTDOWN_TIMEOUT_MS = 10_000;

/**
 * Returns the time limits of an HTTP server.
 *
 * @param options The options of the server.
 * @returns The limits, with their defaults.
 */
export function httpTimeouts({
  headersTimeout = HEADERS_TIMEOUT_MS,
  keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS,
  requestTimeout = Infinity,
  shutdownTimeout = SHUTDOWN_TIMEOUT_MS,
}: ServerOptions): Timeouts {
  return {
    // In these two, 0 means no limit.
    headersTimeout: headersTimeout || Infinity,
    keepAliveTimeout: keepAliveTimeout || Infinity,
    requestTimeout,
    shutdownTimeout,
  };
}

/**
 * Returns the time limits of a server behind a web server, which has its own
 * limits for its clients.
 *
 * @param options The options of the server.
 * @returns The limits, with their defaults.
 */
export function backendTimeouts({
  requestTimeout = Infinity,
  shutdownTimeout = SHUTDOWN_TIMEOUT_MS,
}: BackendOptions): Timeouts {
  return {
    headersTimeout: Infinity,
    keepAliveTimeout: Infinity,
    requestTimeout,
    shutdownTimeout,
  };
}

/** The parts and settings of a `SocketServer`. */
export interface SocketServerOptions<Head> extends Timeouts {
  /** The source of connections. */
  readonly listener: Listener;
  /** The hostname as it was given. */
  readonly hostname: string;
  /** The URL of the server. */
  readonly url: string;
  /** The application, checked. */
  readonly app: Application;
  /** The protocol. */
  readonly protocol: Protocol<Head>;
  /** Receives messages about clients; stderr by default. */
  readonly errors?: ErrorStream | undefined;
  /** The options for calling the application. */
  readonly run: RunOptions;
  /** The access log, if there is one. */
  readonly log?: AccessLog | undefined;
  /** The maximum number of running requests. */
  readonly maxInFlight?: number | undefined;
  /** The maximum number of open connections. */
  readonly maxConnections?: number | undefined;
  /** Shuts the server down when it aborts. */
  readonly signal?: AbortSignal | undefined;
}
