/**
 * {@linkcode HttpServer}: what `makeServer()` and `serve()` return.
 *
 * @module
 */

import { RequestTimeout, ServerStopped } from "../gateway/cancellation.ts";
import { BadRequest } from "../gateway/environ/bad_request.ts";
import { errorResponse, formatError } from "../gateway/error_response.ts";
import { RequestInput } from "../gateway/input/input_stream.ts";
import { runApplication } from "../gateway/run_application.ts";
import { RequestError } from "../http1/request_error.ts";
import { MAX_HEADER_SIZE } from "../http1/request_parser.ts";
import { ResponseEncoder } from "../http1/response_encoder.ts";
import { StderrStream } from "../wsgi/error_stream.ts";
import type { Application, ErrorStream } from "../wsgi/types.ts";
import { AcceptLoop } from "./accept_loop.ts";
import { AccessLog } from "./access_log.ts";
import {
  type ActiveRequest,
  Connection,
  type ConnectionHost,
} from "./connection.ts";
import { Deadlines } from "./deadlines.ts";
import { HttpEnvirons } from "./http_environ.ts";
import { type Accepted, openListener } from "./listener.ts";
import { RateLimitedLog } from "./rate_limited_log.ts";
import { DEFAULT_SHUTDOWN_TIMEOUT_MS, type ServerOptions } from "./options.ts";
import type { WsgiServer } from "./wsgi_server.ts";

/** The defaults of the limits of time, in milliseconds. */
const HEADERS_TIMEOUT_MS = 30_000;
const KEEP_ALIVE_TIMEOUT_MS = 65_000;

/** As many as the system's own listen queue holds by default. */
const MAX_QUEUED = 128;

/** How long a last answer has for leaving, in milliseconds. */
const ABORT_GRACE_MS = 50;

/** Converts a limit from options, where 0 means none. */
function limitOf(value: number | undefined, byDefault: number): number {
  const limit = value ?? byDefault;
  return limit === 0 ? Infinity : limit;
}

/** An HTTP/1.1 server for one application. */
export class HttpServer implements WsgiServer, ConnectionHost {
  readonly hostname: string;
  readonly port: number;
  readonly url: string;
  readonly finished: Promise<void>;
  readonly limits: ConnectionHost["limits"];
  readonly #app: Application;
  readonly #options: ServerOptions;
  readonly #environs: HttpEnvirons;
  readonly #encoder = new ResponseEncoder();
  readonly #errors: ErrorStream;
  readonly #complaints: RateLimitedLog;
  readonly #log: AccessLog | undefined;
  readonly #deadlines: Deadlines;
  readonly #loop: AcceptLoop;
  readonly #connections = new Set<Connection>();
  readonly #queue: Connection[] = [];
  readonly #maxInFlight: number;
  readonly #over = Promise.withResolvers<void>();
  /** Those who wait for one request, by handleRequest(). */
  readonly #takers: (() => void)[] = [];
  /** Whose request it is that was taken by handleRequest(). */
  readonly #taken = new Map<Connection, () => void>();
  #running = 0;
  #idle: (() => void) | undefined;
  #isServing = false;
  #stopped: Promise<void> | undefined;

  /**
   * Binds to an address.
   *
   * @param hostname The host name or IP address, checked.
   * @param port The port, checked.
   * @param app The application, checked.
   * @param options What else to set, checked.
   */
  constructor(
    hostname: string,
    port: number,
    app: Application,
    options: ServerOptions,
  ) {
    this.hostname = hostname;
    this.finished = this.#over.promise;
    this.#app = app;
    this.#options = options;
    this.#errors = options.environ?.["wsgi.errors"] as ErrorStream ??
      new StderrStream();
    this.#complaints = new RateLimitedLog(this.#errors);
    this.#maxInFlight = options.maxInFlight ?? Infinity;
    const headers = limitOf(options.headersTimeout, HEADERS_TIMEOUT_MS);
    const keepAlive = limitOf(options.keepAliveTimeout, KEEP_ALIVE_TIMEOUT_MS);
    const request = limitOf(options.requestTimeout, 0);
    const deadlines = new Deadlines([headers, keepAlive, request]);
    this.#deadlines = deadlines;
    this.limits = {
      headers: deadlines.toTicks(headers),
      keepAlive: deadlines.toTicks(keepAlive),
      request: deadlines.toTicks(request),
      maxHeaderSize: options.maxHeaderSize ?? MAX_HEADER_SIZE,
    };
    const { log = true, signal } = options;
    if (log !== false) {
      this.#log = new AccessLog(log === true ? undefined : log);
    }
    const listener = openListener({ ...options, hostname, port });
    this.port = listener.port;
    this.#environs = new HttpEnvirons(hostname, listener.port, options);
    this.url = this.#environs.url;
    this.#loop = new AcceptLoop({
      listener,
      onAccept: (accepted) => this.#accept(accepted),
      log: (message) => this.#complaints.add(message),
    });
    signal?.addEventListener("abort", () => this.shutdown(), { once: true });
    if (signal?.aborted) this.shutdown();
  }

  #accept({ socket, remote }: Accepted): void {
    const connection = new Connection(socket, remote, this.#encoder, this);
    this.#connections.add(connection);
    this.#deadlines.add(connection);
    connection.read().catch((error) => {
      // A fault of this package: no request may take the process with it.
      this.#complaints.add(formatError(error));
      connection.destroy(error);
    });
  }

  // What connections ask for --------------------------------------------------

  get now(): number {
    return this.#deadlines.now;
  }

  get isStopping(): boolean {
    return this.#stopped !== undefined;
  }

  admit(connection: Connection): boolean {
    if (this.#stopped !== undefined || this.#queue.length >= MAX_QUEUED) {
      throw new RequestError("the server has no place for the request", 503);
    }
    if (this.#queue.length === 0 && this.#take(connection)) return true;
    this.#queue.push(connection);
    return false;
  }

  /** Takes a place for a request, if there is one. */
  #take(connection: Connection): boolean {
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

  handle(request: ActiveRequest, connection: Connection): void | Promise<void> {
    const { transport, source } = request;
    try {
      request.entry = this.#log?.begin(
        request.head,
        connection.remote?.hostname,
      );
      const { environ, input } = this.#environs.create(
        request.head,
        connection.remote,
        source,
        () => transport.cancellation.signal,
      );
      request.environ = environ;
      const done = runApplication(this.#app, environ, transport, this.#options);
      if (done === undefined) {
        input.release();
        return;
      }
      return done.then(() => input.release());
    } catch (error) {
      this.#leavePlace(connection);
      if (!(error instanceof BadRequest)) throw error;
      throw new RequestError(error.message, error.status);
    }
  }

  onTimeout({ transport }: ActiveRequest): void {
    transport.cancellation.cancel(new RequestTimeout());
  }

  onLeft({ entry, environ, transport }: ActiveRequest): void {
    entry?.end({
      status: transport.status,
      bytesSent: transport.bytesSent,
      clientLeft: !transport.isOver,
      environ,
    });
  }

  onRequestOver(connection: Connection, request: ActiveRequest): void {
    const { entry, environ, transport } = request;
    entry?.end({
      status: transport.status,
      bytesSent: transport.bytesSent,
      environ,
    });
    this.#leavePlace(connection);
  }

  #leavePlace(connection: Connection): void {
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

  onRefused(connection: Connection, error: RequestError): void {
    const { head, remote } = connection;
    const [, page] = errorResponse(error.status);
    const bytesSent = head?.method === "HEAD" ? 0 : page.length;
    const entry = connection.request?.entry ??
      this.#log?.begin(head, remote?.hostname);
    entry?.end({ status: error.status, bytesSent });
    const address = connection.remote?.hostname ?? "a client";
    if (error.status !== 503) {
      this.#complaints.add(
        `Refused a request from ${address} with ${error.status}: ${error.message}`,
      );
    }
  }

  onClosed(connection: Connection): void {
    this.#connections.delete(connection);
    this.#deadlines.delete(connection);
    this.#loop.release();
    const index = this.#queue.indexOf(connection);
    if (index !== -1) {
      this.#queue.splice(index, 1);
      this.#log?.begin(connection.head, connection.remote?.hostname)
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
    // A program may end after it.
    return promise.then(() => this.#log?.flush());
  }

  shutdown(): Promise<void> {
    return this.#stopped ??= this.#stop();
  }

  async #stop(): Promise<void> {
    // The rest comes once `#stopped` is set.
    await undefined;
    this.#isServing = false;
    const accepting = this.#loop.stop();
    for (const connection of this.#queue.splice(0)) {
      connection.refuse(
        new RequestError("the server has no place for the request", 503),
      );
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
    clearTimeout(timer);
    for (const connection of this.#connections) {
      connection.destroy(new ServerStopped());
    }
    await accepting;
    this.#log?.close();
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
