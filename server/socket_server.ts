/**
 * {@linkcode SocketServer}: a server over sockets, with any protocol.
 *
 * @module
 */

import { RequestTimeout } from "../gateway/cancellation.ts";
import { formatError } from "../gateway/error_response.ts";
import { runApplication } from "../gateway/run_application.ts";
import { RequestError } from "../http1/request_error.ts";
import { StderrStream } from "../wsgi/error_stream.ts";
import { AcceptLoop } from "./accept_loop.ts";
import { dropBuffers, trimBuffers } from "./buffer_pool.ts";
import { Connection } from "./connection.ts";
import type { ActiveRequest, ConnectionHost } from "./connection_host.ts";
import { Deadlines } from "./deadlines.ts";
import type { Accepted } from "./listener.ts";
import { Places } from "./places.ts";
import type { Protocol } from "./protocol.ts";
import { RequestSource } from "./request_source.ts";
import { RateLimitedLog } from "../gateway/rate_limited_log.ts";
import { Shutdown } from "./shutdown.ts";
import type { SocketServerOptions } from "./socket_server_options.ts";
import type { WsgiServer } from "./types.ts";

/** Opens the body of a request that has none. */
const NO_BODY = () => null;

/** A server for one application. */
export class SocketServer<Head> implements WsgiServer, ConnectionHost<Head> {
  readonly hostname: string;
  readonly port: number;
  readonly url: string;
  readonly finished: Promise<void>;
  readonly protocol: Protocol<Head>;
  readonly limits: ConnectionHost<Head>["limits"];
  readonly #options: SocketServerOptions<Head>;
  readonly #complaints: RateLimitedLog;
  readonly #deadlines: Deadlines;
  readonly #loop: AcceptLoop;
  readonly #connections = new Set<Connection<Head>>();
  readonly #places: Places<Head>;
  readonly #over = Promise.withResolvers<void>();
  readonly #onAbort = (): void => void this.shutdown();
  readonly #shutdown: Shutdown<Head>;
  #stopped: Promise<void> | undefined;

  /**
   * Starts accepting connections. Their requests wait for `serveForever()` or
   * `handleRequest()`.
   *
   * @param options The parts and settings.
   */
  constructor(options: SocketServerOptions<Head>) {
    const { listener, headersTimeout, keepAliveTimeout, requestTimeout } =
      options;
    this.#options = options;
    this.hostname = options.hostname;
    this.port = listener.port;
    this.url = options.url;
    this.finished = this.#over.promise;
    this.protocol = options.protocol;
    this.#places = new Places(options.maxInFlight ?? Infinity);
    this.#shutdown = new Shutdown(
      this.#connections,
      this.#places,
      options.shutdownTimeout,
    );
    this.#complaints = new RateLimitedLog(
      options.errors ?? new StderrStream(),
    );
    const deadlines = this.#deadlines = new Deadlines([
      headersTimeout,
      keepAliveTimeout,
      requestTimeout,
    ], (hasAny) => hasAny ? trimBuffers() : dropBuffers());
    this.limits = {
      headers: deadlines.toTicks(headersTimeout),
      keepAlive: deadlines.toTicks(keepAliveTimeout),
      request: deadlines.toTicks(requestTimeout),
    };
    this.#loop = new AcceptLoop({
      listener,
      onAccept: (accepted) => this.#accept(accepted),
      log: (message) => this.#complaints.add(message),
      maxConnections: options.maxConnections,
    });
    const { signal } = options;
    signal?.addEventListener("abort", this.#onAbort, { once: true });
    if (signal?.aborted) this.shutdown();
  }

  #accept({ socket, remote }: Accepted): void {
    const connection = new Connection(socket, remote, this);
    this.#connections.add(connection);
    this.#deadlines.add(connection);
    connection.start();
  }

  // The interface for connections ---------------------------------------------

  get now(): number {
    return this.#deadlines.now;
  }

  get time(): number {
    return this.#deadlines.time;
  }

  /** The number of running requests. */
  get running(): number {
    return this.#places.running;
  }

  get isStopping(): boolean {
    return this.#stopped !== undefined;
  }

  admit(connection: Connection<Head>): boolean {
    return this.#places.admit(connection);
  }

  handle(
    request: ActiveRequest<Head>,
    connection: Connection<Head>,
  ): void | Promise<void> {
    const { head, transport, source } = request;
    const { app, log, run } = this.#options;
    try {
      request.entry = log?.begin(
        connection.logged,
        connection.remote?.hostname,
      );
      const { environ, input } = this.protocol.createEnviron(
        head,
        connection.parser,
        connection.remote,
        source === RequestSource.none ? NO_BODY : () => source,
        () => transport.cancellation.signal,
      );
      request.environ = environ;
      const done = runApplication(app, environ, transport, run);
      if (done === undefined) {
        input.release();
        return;
      }
      return done.then(() => input.release());
    } catch (error) {
      // After any other error, the connection is destroyed and the request ends.
      if (error instanceof RequestError) this.#places.leave(connection);
      throw error;
    }
  }

  onTimeout({ transport }: ActiveRequest<Head>): void {
    transport.cancellation.cancel(new RequestTimeout());
  }

  onLeft(request: ActiveRequest<Head>): void {
    const { entry, environ, transport } = request;
    entry?.endResponse(transport, environ, !transport.isOver);
  }

  onRequestOver(
    connection: Connection<Head>,
    request: ActiveRequest<Head>,
  ): void {
    request.entry?.endResponse(request.transport, request.environ, false);
    if (connection.isClosed) this.#deadlines.delete(connection);
    this.#places.leave(connection);
  }

  onRefused(
    connection: Connection<Head>,
    error: RequestError,
    bytesSent: number,
  ): void {
    const { remote, request } = connection;
    const entry = request?.entry ??
      this.#options.log?.begin(connection.logged, remote?.hostname);
    entry?.end({ status: error.status, bytesSent });
    // A busy server is not the fault of the client.
    if (error.status === 503) return;
    this.#complaints.add(this.protocol.describeRefusal(error, remote));
  }

  onBrokenOff({ remote }: Connection<Head>, { message }: RequestError): void {
    const client = remote?.hostname ?? "a client";
    this.#complaints.add(`Closed the connection to ${client}: ${message}`);
  }

  onFault(connection: Connection<Head>, error: unknown): void {
    // An error in one request must not end the process.
    this.#complaints.add(formatError(error));
    connection.destroy(error);
  }

  onClosed(connection: Connection<Head>): void {
    this.#connections.delete(connection);
    // Without its client, an application keeps its place until its deadline.
    const mayExpire = connection.request !== undefined &&
      this.limits.request < Infinity;
    if (!mayExpire) this.#deadlines.delete(connection);
    this.#loop.release();
    this.#shutdown.onGone();
    if (!this.#places.remove(connection)) return;
    this.#options.log
      ?.begin(connection.logged, connection.remote?.hostname)
      .end({ status: 0, bytesSent: 0, clientLeft: true });
  }

  // The interface for programs ------------------------------------------------

  serveForever(): Promise<void> {
    if (this.#stopped === undefined) this.#places.serve();
    return this.finished;
  }

  handleRequest(): Promise<void> {
    if (this.#stopped !== undefined) {
      return Promise.reject(
        new Error("Cannot handle a request: the server is shut down"),
      );
    }
    if (this.#places.isServing) {
      return Promise.reject(
        new Error("Cannot handle one request: the server serves forever"),
      );
    }
    return this.#places.serveOne();
  }

  shutdown(): Promise<void> {
    return this.#stopped ??= this.#stop();
  }

  async #stop(): Promise<void> {
    // The rest must run after `#stopped` is set.
    await undefined;
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    const accepting = this.#loop.stop();
    this.#places.close();
    for (const connection of this.#connections) connection.stop();
    await this.#shutdown.run();
    await accepting;
    this.#deadlines.close();
    this.#complaints.close();
    this.#over.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }
}
