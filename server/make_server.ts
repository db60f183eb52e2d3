/**
 * {@linkcode makeServer}: the reference server, on `Deno.serve`.
 *
 * @module
 */

import { AccessLog } from "./access_log.ts";
import type { LogEntry } from "./log_entry.ts";
import { ServerStopped } from "../gateway/cancellation.ts";
import type { FetchEnvironOptions } from "../gateway/fetch/environ.ts";
import { fetchErrorResponse, formatError } from "../gateway/error_response.ts";
import { StderrStream } from "../wsgi/error_stream.ts";
import type { FetchHandlerOptions } from "../gateway/fetch/fetch.ts";
import { handleFetch } from "../gateway/fetch/handle_fetch.ts";
import { isReported } from "../gateway/fetch/transport.ts";
import { Laziness } from "../gateway/environ/lazy_environ.ts";
import { checkAddress, listen } from "./listen.ts";
import { RequestQueue } from "./request_queue.ts";
import { checkApplication } from "../gateway/run_application.ts";
import { RunningRequests } from "./running_requests.ts";
import {
  checkOptions,
  DEFAULT_SHUTDOWN_TIMEOUT_MS,
  type ServerOptions,
} from "./options.ts";
import type { Application } from "../wsgi/types.ts";
import type { WsgiServer } from "./wsgi_server.ts";

export type { ServerOptions, WsgiServer };

class DenoServer implements WsgiServer {
  readonly hostname: string;
  readonly port: number;
  readonly url: string;
  readonly #app: Application;
  readonly #options: FetchHandlerOptions & FetchEnvironOptions;
  readonly #maxInFlight: number;
  readonly #shutdownTimeout: number;
  readonly #server: Deno.HttpServer;
  readonly #log: AccessLog | undefined;
  readonly #cut = new AbortController();
  readonly #queue = new RequestQueue();
  /** The requests that are not over yet. */
  readonly #running: RunningRequests;
  /** Resolves when shutdown() is over, which can be before Deno's own is. */
  readonly #over = Promise.withResolvers<void>();
  #serving = false;
  #stopped: Promise<void> | undefined;

  constructor(
    hostname: string,
    port: number,
    app: Application,
    options: ServerOptions,
  ) {
    const { log = true, maxInFlight, requestTimeout, signal } = options;
    this.hostname = hostname;
    this.#app = app;
    this.#maxInFlight = maxInFlight ?? Infinity;
    this.#shutdownTimeout = options.shutdownTimeout ??
      DEFAULT_SHUTDOWN_TIMEOUT_MS;
    this.#running = new RunningRequests(requestTimeout, () => this.#takeMore());
    const { server, port: realPort, url, environ } = listen(
      { ...options, hostname, port },
      {
        signal: this.#cut.signal,
        onError: (error) => this.#onError(error),
        handler: (request, info) => this.#accept(request, info),
      },
    );
    this.#server = server;
    this.port = realPort;
    this.url = url;
    const own = { ownsRequest: true, laziness: new Laziness() };
    this.#options = { ...options, ...environ, ...own };
    if (log !== false) {
      this.#log = new AccessLog(log === true ? undefined : log);
    }
    signal?.addEventListener("abort", () => this.shutdown(), { once: true });
    if (signal?.aborted) this.shutdown();
  }

  #accept(
    request: Request,
    info: Deno.ServeHandlerInfo,
  ): Response | Promise<Response> {
    const entry = this.#log?.begin(request, info);
    if (this.#hasRoom) return this.#handle(request, info, entry);
    return this.#queue.add({
      request,
      entry,
      handle: (onOver) => this.#handle(request, info, entry, onOver),
    });
  }

  get #hasRoom(): boolean {
    return this.#serving && this.#running.size < this.#maxInFlight;
  }

  /** Runs waiting requests while there is room for them. */
  #takeMore(): void {
    while (!this.#queue.isEmpty && this.#hasRoom) this.#queue.next();
  }

  #handle(
    request: Request,
    info: Deno.ServeHandlerInfo,
    entry: LogEntry | undefined,
    onOver?: () => void,
  ): Response | Promise<Response> {
    const handled = handleFetch(
      this.#app,
      request,
      info,
      this.#options,
      entry,
    );
    const { response, done } = handled;
    if (onOver !== undefined) {
      // Asked for now: later it would never settle.
      const sent = info.completed.catch(() => {});
      this.#running.add(handled, whenSent(done, sent), onOver);
    } else if (done !== undefined) this.#running.add(handled, done);
    return response;
  }

  get finished(): Promise<void> {
    return Promise.race([this.#server.finished, this.#over.promise])
      .then(() => this.#stopped);
  }

  serveForever(): Promise<void> {
    if (this.#stopped === undefined) {
      this.#serving = true;
      this.#takeMore();
    }
    return this.finished;
  }

  handleRequest(): Promise<void> {
    if (this.#stopped !== undefined) {
      return Promise.reject(
        new Error("Cannot handle a request: the server is shut down"),
      );
    }
    if (this.#serving) {
      return Promise.reject(
        new Error("Cannot handle one request: the server serves forever"),
      );
    }
    // The program may end after one request.
    return this.#queue.take().then(() => this.#log?.flush());
  }

  shutdown(): Promise<void> {
    return this.#stopped ??= this.#stop();
  }

  async #stop(): Promise<void> {
    this.#serving = false;
    this.#queue.close();
    const deadline = Promise.withResolvers<void>();
    const timer = setTimeout(deadline.resolve, this.#shutdownTimeout);
    // Deno's own shutdown() comes last: once it has begun, a client that reads
    // no more can keep it waiting forever, and nothing can cut it off.
    await Promise.race([this.#running.idle(), deadline.promise]);
    if (this.#running.size > 0) await this.#cutAll();
    else await Promise.race([this.#server.shutdown(), deadline.promise]);
    clearTimeout(timer);
    this.#running.stop();
    this.#log?.close();
    // Bytes that Deno could not get rid of must not keep the program alive.
    this.#server.unref();
    this.#over.resolve();
  }

  /** The deadline has passed: running requests are cancelled, then cut. */
  async #cutAll(): Promise<void> {
    await this.#running.cancelAll(new ServerStopped());
    this.#cut.abort();
    await this.#server.finished;
  }

  /** Called by Deno for a stream that was broken, or a bug of this package. */
  #onError(error: unknown): Response {
    if (!isReported(error)) new StderrStream().write(formatError(error));
    return fetchErrorResponse(500);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }
}

/** Waits for the bytes, too, so that a program may end after one request. */
async function whenSent(
  done: void | Promise<void>,
  sent: Promise<void>,
): Promise<void> {
  await done;
  await sent;
  // Deno settles it when it has the bytes; a turn later the system has them.
  await new Promise((resolve) => setTimeout(resolve));
}

/**
 * Makes a server for an application. It listens at once; requests wait until
 * `serveForever()` or `handleRequest()` takes them.
 *
 * Python's `wsgiref.simple_server.make_server`, on `Deno.serve`.
 *
 * @param hostname The host name or IP address to listen on: `"127.0.0.1"` for this
 * machine only, `"0.0.0.0"` for all interfaces.
 * @param port The port, from 0 to 65535; 0 for any that is free.
 * @param app The application.
 * @param options What else to set.
 * @returns The server, listening.
 * @throws {TypeError} If the hostname is not a string, the application not a
 * function, or an option has the wrong type.
 * @throws {RangeError} If the port or the number in an option is out of range.
 * @throws {Deno.errors.AddrInUse} If the port or the socket is in use.
 * @throws {Deno.errors.NotCapable} If the program may not listen there.
 *
 * @example Usage
 * ```ts
 * import { type Application, makeServer } from "@wsgi/ref";
 * import { assertEquals } from "@std/assert";
 *
 * const app: Application = (_environ, startResponse) => {
 *   startResponse("200 OK", [["Content-Type", "text/plain"]]);
 *   return [new TextEncoder().encode("Hello world!\n")];
 * };
 *
 * await using server = makeServer("127.0.0.1", 0, app, { log: false });
 * server.serveForever();
 * const response = await fetch(server.url);
 * assertEquals(await response.text(), "Hello world!\n");
 * ```
 */
export function makeServer(
  hostname: string,
  port: number,
  app: Application,
  options: ServerOptions = {},
): WsgiServer {
  checkAddress({ hostname, port, path: options.path });
  checkApplication(app);
  checkOptions(options);
  return new DenoServer(hostname, port, app, options);
}
