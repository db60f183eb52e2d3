/**
 * The options of `serveScgi()` and `serveUwsgi()`, and what they return.
 *
 * @module
 */

import type { ServerOptions } from "./options.ts";

/** Options of `serveScgi()` and `serveUwsgi()`. */
export interface BackendOptions extends
  Pick<
    ServerOptions,
    | "environ"
    | "maxRequestBodySize"
    | "mode"
    | "multiprocess"
    | "onError"
    | "path"
    | "requestTimeout"
    | "signal"
  > {
  /**
   * The host name or IP address to listen on. Whoever can connect can say
   * anything about a client, so this is for the web server in front alone.
   *
   * @default {"127.0.0.1"}
   */
  hostname?: string | undefined;
  /**
   * The port, from 0 to 65535; 0 for any that is free.
   *
   * @default {0}
   */
  port?: number | undefined;
  /**
   * How many requests run at once, 1 or more. Others wait in the listen queue
   * of the system.
   *
   * @default {no limit}
   */
  maxInFlight?: number | undefined;
  /**
   * How long `shutdown()` lets running requests go on, in milliseconds, 0 or
   * more. Then it cuts them.
   *
   * @default {10_000}
   */
  shutdownTimeout?: number | undefined;
  /**
   * `SERVER_SOFTWARE`.
   *
   * @default {what the web server sends, or "wsgiref/0.1.0"}
   */
  serverSoftware?: string | undefined;
}

/** A server behind a web server, which serves since it was made. */
export interface BackendServer extends AsyncDisposable {
  /** The host as it was given. */
  readonly hostname: string;
  /** The port; the real one when 0 was asked for, and 0 for a Unix socket. */
  readonly port: number;
  /** Resolves when the server has shut down. It never rejects. */
  readonly finished: Promise<void>;
  /**
   * Accepts no more connections, lets running requests end within
   * `shutdownTimeout`, and cuts what is left. Who has no response by then gets
   * 503.
   *
   * @returns A promise that resolves when all is over. A second call gives the
   * same promise.
   */
  shutdown(): Promise<void>;
}
