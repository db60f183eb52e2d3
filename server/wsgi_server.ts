/**
 * The type of all servers of this package.
 *
 * @module
 */

/** A server that listens. */
export interface WsgiServer extends AsyncDisposable {
  /** The hostname as it was given. */
  readonly hostname: string;
  /** The port; the real one when 0 was asked for, and 0 for a Unix socket. */
  readonly port: number;
  /**
   * Where to reach the server: `"http://127.0.0.1:8000/"`, or for a Unix socket
   * `"http+unix://%2Frun%2Fapp.sock/"`. Servers of SCGI and uwsgi have the
   * schemes `scgi` and `uwsgi`.
   */
  readonly url: string;
  /** Resolves when the server has shut down. */
  readonly finished: Promise<void>;
  /**
   * Answers requests until the server has shut down. A server that serves
   * already goes on.
   *
   * @returns A promise that resolves when the server has shut down, as
   * {@linkcode WsgiServer.finished} does.
   */
  serveForever(): Promise<void>;
  /**
   * Answers one request: one that waits, or the next to come.
   *
   * @returns A promise that resolves when that response is over and its body
   * closed, or when the server shuts down before a request came. It rejects if
   * the server serves all requests already, or has shut down.
   */
  handleRequest(): Promise<void>;
  /**
   * Takes no more requests, lets running responses end within
   * `shutdownTimeout`, and cuts what is left. A request
   * without a response by then gets a 503.
   *
   * Bytes of an array that Deno has taken cannot be cut. They keep neither this
   * promise nor the program waiting.
   *
   * @returns A promise that resolves when all is over. A second call gives the
   * same promise.
   */
  shutdown(): Promise<void>;
}
