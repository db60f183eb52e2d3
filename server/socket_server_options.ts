/**
 * {@linkcode SocketServerOptions}: what a server over sockets works with.
 *
 * @module
 */

import type { RunOptions } from "../gateway/run_application.ts";
import type { Application, ErrorStream } from "../wsgi/types.ts";
import type { AccessLog } from "./access_log.ts";
import type { Listener } from "./listener.ts";
import type { Protocol } from "./protocol.ts";

/** What a `SocketServer` works with. */
export interface SocketServerOptions<Head> {
  /** Where connections come from. */
  readonly listener: Listener;
  /** The hostname, as it was given. */
  readonly hostname: string;
  /** Where to reach the server. */
  readonly url: string;
  /** The application, checked. */
  readonly app: Application;
  /** What is spoken. */
  readonly protocol: Protocol<Head>;
  /** Where the server writes about clients; stderr without it. */
  readonly errors?: ErrorStream | undefined;
  /** What to do beside running the application. */
  readonly run: RunOptions;
  /** The access log, if there is one. */
  readonly log?: AccessLog | undefined;
  /** Limits of time in milliseconds; `Infinity` for none. */
  readonly headersTimeout: number;
  readonly keepAliveTimeout: number;
  readonly requestTimeout: number;
  readonly shutdownTimeout?: number | undefined;
  /** How many requests run at once. */
  readonly maxInFlight?: number | undefined;
  /** How many connections there may be at a time. */
  readonly maxConnections?: number | undefined;
  /** Shuts the server down. */
  readonly signal?: AbortSignal | undefined;
}
