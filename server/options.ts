/**
 * The options of the servers, and their checks.
 *
 * @module
 */

import type { AccessLogger } from "../gateway/access_record.ts";
import { describe } from "../wsgi/describe.ts";
import type { FetchHandlerOptions } from "../gateway/fetch/fetch.ts";

/** Options of `makeServer()`. */
export interface ServerOptions extends
  Pick<
    FetchHandlerOptions,
    | "environ"
    | "maxRequestBodySize"
    | "multiprocess"
    | "onError"
    | "serverSoftware"
  > {
  /**
   * The access log. `true` writes a line in Common Log Format to stderr for
   * each request as soon as its response was handed over; `false` writes
   * nothing; a function gets a record instead. Requests that the server refused
   * itself are there too. The address is that of the peer, also behind a proxy.
   *
   * @default {true}
   */
  log?: boolean | AccessLogger | undefined;
  /** Shuts the server down when it aborts. */
  signal?: AbortSignal | undefined;
  /** The certificate chain, in PEM: with `key` it makes an https server. */
  cert?: string | undefined;
  /** The private key of the certificate, in PEM. */
  key?: string | undefined;
  /**
   * Listens on a Unix socket at this path. Host and port are ignored then. The
   * file of a server that is gone is replaced; it is removed at the end.
   */
  path?: string | undefined;
  /**
   * The file mode of the Unix socket, such as `0o660`. It is
   * set right after the socket was made: where that matters, make the folder
   * private. Without it the umask of the process decides.
   */
  mode?: number | undefined;
  /**
   * How long one request may take, in milliseconds, from the call of the
   * application until its response is sent and its body closed. At this
   * deadline a request without a response is answered with 503, and a response
   * that has begun is broken off; `wsgiref.signal` aborts with a reason whose
   * `name` is `"RequestTimeout"`.
   *
   * @default {no limit}
   */
  requestTimeout?: number | undefined;
  /**
   * How long a client may take for the head of a request, in milliseconds, from
   * its first byte, or for the first one from the connection's beginning. A
   * slower one is answered with 408. 0 means no limit.
   *
   * @default {30_000}
   */
  headersTimeout?: number | undefined;
  /**
   * How long a connection stays open between requests, and while its client takes
   * nothing of what is sent, in milliseconds. 0 means
   * no limit. The default is longer than the 60 seconds after which proxies
   * close connections of theirs, so that none of them sends a request into a
   * connection that is being closed.
   *
   * @default {65_000}
   */
  keepAliveTimeout?: number | undefined;
  /**
   * How many bytes the head of a request may have: its first line and all
   * headers. A larger one is answered with 431. 0 means no limit.
   *
   * @default {16_384}
   */
  maxHeaderSize?: number | undefined;
  /**
   * How many requests `serveForever()` runs at once, 1 or more. Up to 128
   * others wait for their turn, in order; more are answered with 503. Set it
   * to 1 for an application that must not be called while a call runs.
   *
   * @default {no limit}
   */
  maxInFlight?: number | undefined;
  /**
   * How long `shutdown()` lets running responses go on, in milliseconds, 0 or
   * more. Then it cuts them.
   *
   * @default {10_000}
   */
  shutdownTimeout?: number | undefined;
}

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
   * The host name or IP address to listen on. Only the web server in
   * front may connect: a connection can claim anything about a client.
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

/** The default of `shutdownTimeout`, in milliseconds. */
export const DEFAULT_SHUTDOWN_TIMEOUT_MS = 10_000;

/** The longest time that a timer can be set to. */
const MAX_TIMER_MS = 2 ** 31 - 1;

function problem(name: string, demand: string, value: unknown): string {
  return `Cannot make the server: ${name} must be ${demand}, got ${
    describe(value)
  }`;
}

function checkNumber(
  options: ServerOptions,
  name: "maxHeaderSize" | "maxInFlight" | "maxRequestBodySize" | "mode",
  demand: string,
  [min, max]: readonly [number, number],
): void {
  const value = options[name];
  if (value === undefined || value === Infinity && max === Infinity) return;
  if (!Number.isSafeInteger(value) || value < min || value > max) {
    throw new RangeError(problem(name, demand, value));
  }
}

function checkTime(
  options: ServerOptions,
  name:
    | "headersTimeout"
    | "keepAliveTimeout"
    | "requestTimeout"
    | "shutdownTimeout",
  min: number,
): void {
  const value = options[name];
  if (value === undefined) return;
  if (typeof value !== "number" || !(value >= min && value <= MAX_TIMER_MS)) {
    const demand = `a time in milliseconds from ${min} to ${MAX_TIMER_MS}`;
    throw new RangeError(problem(name, demand, value));
  }
}

function checkType(
  options: ServerOptions,
  name: keyof ServerOptions,
  types: readonly string[],
  demand: string,
): void {
  const value: unknown = options[name];
  if (value === undefined) return;
  if (value === null || !types.includes(typeof value)) {
    throw new TypeError(problem(name, demand, value));
  }
}

/**
 * Checks options, so that a mistake is reported where it was made.
 *
 * @param options The options.
 * @throws {TypeError} If one has the wrong type, or misses another.
 * @throws {RangeError} If a number is out of range.
 */
export function checkOptions(options: ServerOptions): void {
  checkType(options, "log", ["boolean", "function"], "a boolean or a function");
  checkType(options, "onError", ["function"], "a function");
  checkType(options, "environ", ["object"], "an object");
  checkType(options, "multiprocess", ["boolean"], "a boolean");
  checkType(options, "serverSoftware", ["string"], "a string");
  checkType(options, "cert", ["string"], "a string in PEM");
  checkType(options, "key", ["string"], "a string in PEM");
  checkType(options, "path", ["string"], "the path of a socket");
  const { cert, key, path, mode, signal } = options;
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new TypeError(problem("signal", "an AbortSignal", signal));
  }
  if ((cert === undefined) !== (key === undefined)) {
    const [given, missing] = key === undefined
      ? ["cert", "key"]
      : ["key", "cert"];
    throw new TypeError(
      `Cannot make the server: ${given} must come with ${missing}`,
    );
  }
  for (const [name, value] of [["cert", cert], ["key", key]]) {
    // It is not shown: it may be a secret.
    if (value !== undefined && !value.includes("-----BEGIN ")) {
      throw new TypeError(
        `Cannot make the server: ${name} must be PEM, with a line -----BEGIN …, not the name of a file`,
      );
    }
  }
  if (path !== undefined && (path === "" || path.includes("\0"))) {
    throw new TypeError(problem("path", "the path of a socket", path));
  }
  if (path !== undefined && cert !== undefined) {
    throw new TypeError(
      "Cannot make the server: a Unix socket must not have a certificate, Deno serves no TLS there",
    );
  }
  if (mode !== undefined && path === undefined) {
    throw new TypeError("Cannot make the server: mode must come with path");
  }
  checkNumber(options, "mode", "a file mode from 0 to 0o777", [0, 0o777]);
  checkNumber(options, "maxInFlight", "a positive integer", [1, Infinity]);
  checkNumber(options, "maxRequestBodySize", "0 or a positive integer", [
    0,
    Infinity,
  ]);
  checkNumber(options, "maxHeaderSize", "0 or a positive integer", [
    0,
    Infinity,
  ]);
  checkTime(options, "headersTimeout", 0);
  checkTime(options, "keepAliveTimeout", 0);
  checkTime(options, "requestTimeout", 1);
  checkTime(options, "shutdownTimeout", 0);
}
