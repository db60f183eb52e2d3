/**
 * {@linkcode SocketServer}: a server over sockets, whatever it speaks.
 *
 * @module
 */

import { describeFailure } from "../gateway/access_record.ts";
import { RequestTimeout, ServerStopped } from "../gateway/cancellation.ts";
import { formatError } from "../gateway/error_response.ts";
import { runApplication, type RunOptions } from "../gateway/run_application.ts";
import { RequestError } from "../http1/request_error.ts";
import { StderrStream } from "../wsgi/error_stream.ts";
import type { Application, ErrorStream } from "../wsgi/types.ts";
import { AcceptLoop } from "./accept_loop.ts";
import type { AccessLog } from "./access_log.ts";
import { dropBuffers, trimBuffers } from "./buffer_pool.ts";
import { Connection } from "./connection.ts";
import type { ActiveRequest, ConnectionHost } from "./connection_host.ts";
import { Deadlines } from "./deadlines.ts";
import type { Accepted, Listener } from "./listener.ts";
import { DEFAULT_SHUTDOWN_TIMEOUT_MS } from "./options.ts";
import type { Protocol } from "./protocol.ts";
import { RequestSource } from "./request_source.ts";
import { RateLimitedLog } from "./rate_limited_log.ts";
import type { WsgiServer } from "./wsgi_server.ts";

/** As many as the system's own listen queue holds by default. */
const MAX_QUEUED = 128;

/** How long a last answer has for leaving, in milliseconds. */
const ABORT_GRACE_MS = 50;

/** Opens the body of a request that has none. */
const NO_BODY = () => null;

/** What a {@linkcode SocketServer} works with. */
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
  readonly #queue: Connection<Head>[] = [];
  readonly #maxInFlight: number;
  readonly #over = Promise.withResolvers<void>();
  /** Those who wait for one request, by handleRequest(). */
  readonly #takers: (() => void)[] = [];
  /** Whose request it is that was taken by handleRequest(). */
  readonly #taken = new Map<Connection<Head>, () => void>();
  readonly #onAbort = (): void => void this.shutdown();
  #running = 0;
  #idle: (() => void) | undefined;
  /** Called when a connection is closed while the server stops. */
  #onGone: (() => void) | undefined;
  #isServing = false;
  #stopped: Promise<void> | undefined;

  /**
   * Begins to accept connections. Their requests wait until `serveForever()` or
   * `handleRequest()` takes them.
   *
   * @param options What to work with.
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
    this.#maxInFlight = options.maxInFlight ?? Infinity;
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
    connection.read().catch((error) => this.onFault(connection, error));
  }

  // What connections ask for --------------------------------------------------

  get now(): number {
    return this.#deadlines.now;
  }

  get isStopping(): boolean {
    return this.#stopped !== undefined;
  }

  admit(connection: Connection<Head>): boolean {
    if (this.#stopped !== undefined || this.#queue.length >= MAX_QUEUED) {
      throw noPlace();
    }
    if (this.#queue.length === 0 && this.#take(connection)) return true;
    this.#queue.push(connection);
    return false;
  }

  /** Takes a place for a request, if there is one. */
  #take(connection: Connection<Head>): boolean {
    if (this.#running >= this.#maxInFlight) return false;
    if (!this.#isServing) {
      const taker = this.#takers.shift();
      if (taker === undefined) return false;
      this.#taken.set(connection, taker);
    }
    this.#running++;
    return true;
  }

  /** Lets those go on that wait for a place, as many as there are places. */
  #takeQueued(): void {
    for (;;) {
      const [first] = this.#queue;
      if (first === undefined || !this.#take(first)) return;
      this.#queue.shift();
      first.proceed();
    }
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
      // After another error the connection is destroyed, and the request over.
      if (error instanceof RequestError) this.#leavePlace(connection);
      throw error;
    }
  }

  onTimeout({ transport }: ActiveRequest<Head>): void {
    transport.cancellation.cancel(new RequestTimeout());
  }

  onLeft(request: ActiveRequest<Head>): void {
    this.#endEntry(request, !request.transport.isOver);
  }

  onRequestOver(
    connection: Connection<Head>,
    request: ActiveRequest<Head>,
  ): void {
    this.#endEntry(request, false);
    if (connection.isClosed) this.#deadlines.delete(connection);
    this.#leavePlace(connection);
  }

  #endEntry(
    { entry, environ, transport }: ActiveRequest<Head>,
    clientLeft: boolean,
  ): void {
    if (entry === undefined) return;
    const { status, bytesSent } = transport;
    const failure = transport.isOver || clientLeft
      ? undefined
      : describeFailure(
        transport.failure ?? transport.cancellation.reason ??
          new Error("The connection was closed"),
      );
    entry.end({ status, bytesSent, clientLeft, failure, environ });
  }

  #leavePlace(connection: Connection<Head>): void {
    this.#running--;
    const taker = this.#taken.get(connection);
    if (taker !== undefined) {
      this.#taken.delete(connection);
      connection.writer.flush();
      connection.writer.drained().then(taker);
    }
    if (this.#queue.length > 0) this.#takeQueued();
    if (this.#running === 0) this.#idle?.();
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
    // That the server is busy is no fault of the client.
    if (error.status === 503) return;
    this.#complaints.add(this.protocol.describeRefusal(error, remote));
  }

  onBrokenOff({ remote }: Connection<Head>, { message }: RequestError): void {
    const client = remote?.hostname ?? "a client";
    this.#complaints.add(`Closed the connection to ${client}: ${message}`);
  }

  onFault(connection: Connection<Head>, error: unknown): void {
    // No request may take the process with it.
    this.#complaints.add(formatError(error));
    connection.destroy(error);
  }

  onClosed(connection: Connection<Head>): void {
    this.#connections.delete(connection);
    // An application may hold its place without a client, until its time is up.
    const mayExpire = connection.request !== undefined &&
      this.limits.request < Infinity;
    if (!mayExpire) this.#deadlines.delete(connection);
    this.#loop.release();
    this.#onGone?.();
    const index = this.#queue.indexOf(connection);
    if (index !== -1) {
      this.#queue.splice(index, 1);
      this.#options.log
        ?.begin(connection.logged, connection.remote?.hostname)
        .end({ status: 0, bytesSent: 0, clientLeft: true });
    }
  }

  // What programs ask for -----------------------------------------------------

  serveForever(): Promise<void> {
    if (this.#stopped === undefined) {
      this.#isServing = true;
      this.#takeQueued();
    }
    return this.finished;
  }

  handleRequest(): Promise<void> {
    if (this.#stopped !== undefined) {
      return Promise.reject(
        new Error("Cannot handle a request: the server is shut down"),
      );
    }
    if (this.#isServing) {
      return Promise.reject(
        new Error("Cannot handle one request: the server serves forever"),
      );
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#takers.push(resolve);
    this.#takeQueued();
    return promise;
  }

  shutdown(): Promise<void> {
    return this.#stopped ??= this.#stop();
  }

  async #stop(): Promise<void> {
    // The rest comes once `#stopped` is set.
    await undefined;
    this.#isServing = false;
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    const accepting = this.#loop.stop();
    for (const connection of this.#queue.splice(0)) {
      connection.refuse(noPlace());
    }
    for (const taker of this.#takers.splice(0)) taker();
    for (const connection of this.#connections) connection.stop();
    const deadline = Promise.withResolvers<void>();
    const timer = setTimeout(
      deadline.resolve,
      this.#options.shutdownTimeout ?? DEFAULT_SHUTDOWN_TIMEOUT_MS,
    );
    await Promise.race([this.#whenIdle(), deadline.promise]);
    if (this.#running > 0) await this.#cutAll();
    await Promise.race([this.#whenSent(), deadline.promise]);
    await Promise.race([this.#whenLingered(), deadline.promise]);
    clearTimeout(timer);
    for (const connection of this.#connections) {
      connection.destroy(new ServerStopped());
    }
    await accepting;
    this.#deadlines.close();
    this.#complaints.close();
    this.#over.resolve();
  }

  #whenIdle(): Promise<void> {
    if (this.#running === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle = resolve);
  }

  /** Waits until what was answered has been handed to the system. */
  async #whenSent(): Promise<void> {
    await Promise.all(
      [...this.#connections].map(({ writer }) => writer.drained()),
    );
  }

  /** Waits until no client is still sending what would reset its response. */
  #whenLingered(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onGone = () => {
      for (const { mustLinger } of this.#connections) if (mustLinger) return;
      resolve();
    };
    this.#onGone();
    return promise;
  }

  /** The deadline has passed: what still runs is told, then cut. */
  async #cutAll(): Promise<void> {
    for (const { request } of this.#connections) {
      request?.transport.cancellation.cancel(new ServerStopped());
    }
    await new Promise((resolve) => setTimeout(resolve, ABORT_GRACE_MS));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }
}

function noPlace(): RequestError {
  return new RequestError("the server has no place for the request", 503);
}
