/**
 * The public types: servers and their options.
 *
 * @module
 */

import type { AccessLogger } from "../gateway/access_record.ts";
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
   * The access log. `true` writes a line in Common Log Format to stderr at the end
   * of each response; `false` writes nothing; a function receives a record
   * instead. The log includes requests that the server refused. The address is
   * that of the peer, even behind a proxy.
   *
   * @default {true}
   */
  log?: boolean | AccessLogger | undefined;
  /** Shuts the server down when it aborts. */
  signal?: AbortSignal | undefined;
  /** The certificate chain, in PEM. Together with `key`, it enables https. */
  cert?: string | undefined;
  /** The private key of the certificate, in PEM. */
  key?: string | undefined;
  /**
   * The path of a Unix socket. Hostname and port are then ignored. A file that a
   * dead server left behind is replaced. The file is removed at the shutdown.
   */
  path?: string | undefined;
  /**
   * The file mode of the Unix socket, such as `0o660`. By default, the umask of
   * the process decides. The mode is set right after the socket was created; if
   * this moment matters, use a private folder.
   */
  mode?: number | undefined;
  /**
   * The maximum time for one request, in milliseconds: from the call of the
   * application until its response is sent and its body closed. At this deadline,
   * a request without a response gets 503, and a response that has begun is cut
   * off. `wsgiref.signal` aborts with a reason whose `name` is
   * `"RequestTimeout"`.
   *
   * @default {no limit}
   */
  requestTimeout?: number | undefined;
  /**
   * The maximum time for the head of a request, in milliseconds: from its first
   * byte, or for the first request from the beginning of the connection. After
   * that, the client gets 408. 0 means no limit.
   *
   * @default {30_000}
   */
  headersTimeout?: number | undefined;
  /**
   * The maximum time that a connection stays open between requests, or while its
   * client accepts no bytes, in milliseconds. 0 means no limit. The default is
   * longer than the 60 seconds after which most proxies close idle connections.
   * Otherwise, a proxy might send a request on a connection that is closing.
   *
   * @default {65_000}
   */
  keepAliveTimeout?: number | undefined;
  /**
   * The maximum size of the head of a request, in bytes: its first line and all
   * headers. A larger one gets 431. 0 means no limit.
   *
   * @default {16_384}
   */
  maxHeaderSize?: number | undefined;
  /**
   * The maximum number of requests that run at the same time, 1 or more. Up to
   * 128 others wait in order; more get 503. Use 1 for an application that cannot
   * handle several requests at once.
   *
   * @default {no limit}
   */
  maxInFlight?: number | undefined;
  /**
   * The time that running requests have after `shutdown()`, in milliseconds, 0 or
   * more. Then they are cut off.
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
   * The host name or IP address to listen on. Allow only the web server to
   * connect, because a connection can claim anything about a client.
   *
   * @default {"127.0.0.1"}
   */
  hostname?: string | undefined;
  /**
   * The port, from 0 to 65535; 0 for any free port.
   *
   * @default {0}
   */
  port?: number | undefined;
  /**
   * The maximum number of requests that run at the same time, 1 or more. Others
   * wait in the listen queue of the system.
   *
   * @default {no limit}
   */
  maxInFlight?: number | undefined;
  /**
   * The time that running requests have after `shutdown()`, in milliseconds, 0 or
   * more. Then they are cut off.
   *
   * @default {10_000}
   */
  shutdownTimeout?: number | undefined;
  /**
   * `SERVER_SOFTWARE`.
   *
   * @default {the value from the web server, or "wsgiref/0.1.0"}
   */
  serverSoftware?: string | undefined;
}

/** A listening server. */
export interface WsgiServer extends AsyncDisposable {
  /** The hostname as it was given. */
  readonly hostname: string;
  /** The actual port, even if 0 was given; 0 for a Unix socket. */
  readonly port: number;
  /**
   * The URL of the server: `"http://127.0.0.1:8000/"`, or for a Unix socket
   * `"http+unix://%2Frun%2Fapp.sock/"`. The schemes of SCGI and uwsgi are `scgi`
   * and `uwsgi`.
   */
  readonly url: string;
  /** Resolves when the server has shut down. */
  readonly finished: Promise<void>;
  /**
   * Handles requests until the server shuts down. A second call has no further
   * effect.
   *
   * @returns A promise that resolves when the server has shut down, as
   * {@linkcode WsgiServer.finished} does.
   */
  serveForever(): Promise<void>;
  /**
   * Handles one request: a waiting one, or the next.
   *
   * @returns A promise that resolves when the response was sent and its body
   * closed, or when the server shuts down before a request arrives. It rejects if
   * `serveForever()` was called before, or if the server has shut down.
   */
  handleRequest(): Promise<void>;
  /**
   * Shuts the server down. It accepts no more requests and waits for the running
   * ones until `shutdownTimeout`. Then it cuts them off; a request without a
   * response gets 503.
   *
   * @returns A promise that resolves when no connection is left. A second call
   * returns the same promise.
   */
  shutdown(): Promise<void>;
}
