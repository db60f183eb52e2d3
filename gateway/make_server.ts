/**
 * {@linkcode makeServer}: the reference server, on `Deno.serve`.
 *
 * @module
 */

import type { ServerEnvironOptions } from "./environ.ts";
import type { FetchHandlerOptions } from "./fetch.ts";
import { type FetchExchange, handleFetch } from "./fetch_exchange.ts";
import { ServerStopped } from "./cancellation.ts";
import { checkAddress, listening, toUrlHost } from "./listen.ts";
import { formatError, refuse } from "./error_response.ts";
import { StderrStream } from "./error_stream.ts";
import { isReported } from "./fetch_transport.ts";
import { RequestQueue } from "./request_queue.ts";
import { checkApplication } from "./run_application.ts";
import type { Application } from "./types.ts";

/** Options of {@linkcode makeServer}. */
export interface ServerOptions extends
  Pick<
    FetchHandlerOptions,
    | "environ"
    | "maxRequestBodySize"
    | "multiprocess"
    | "onError"
    | "serverSoftware"
  > {
  /** Shuts the server down when it aborts. */
  signal?: AbortSignal | undefined;
  /**
   * How long {@linkcode WsgiServer.shutdown} lets running responses go on, in
   * milliseconds, 0 or more. Then it cuts them.
   *
   * @default {10_000}
   */
  shutdownTimeout?: number | undefined;
}

/** A server that listens. */
export interface WsgiServer extends AsyncDisposable {
  /** The host as it was given. */
  readonly host: string;
  /** The port; the real one when 0 was asked for. */
  readonly port: number;
  /** Where to reach the server: `"http://127.0.0.1:8000/"`. */
  readonly url: string;
  /**
   * Answers requests until the server has shut down.
   *
   * @returns A promise that resolves when the server has shut down.
   */
  serveForever(): Promise<void>;
  /**
   * Answers one request: one that waits, or the next to come.
   *
   * @returns A promise that resolves when that response is over and its body
   * closed, or when the server shuts down before a request came.
   */
  handleRequest(): Promise<void>;
  /**
   * Takes no more requests, lets running responses end within
   * {@linkcode ServerOptions.shutdownTimeout}, and cuts what is left. Who has no
   * response by then gets 503.
   *
   * Bytes of an array that Deno has taken cannot be cut. They keep neither this
   * promise nor the program waiting.
   *
   * @returns A promise that resolves when all is over. A second call gives the
   * same promise.
   */
  shutdown(): Promise<void>;
}

const SHUTDOWN_TIMEOUT = 10_000;

/** How long a last answer has for leaving, in milliseconds. */
const LAST_WORD = 50;

class DenoServer implements WsgiServer {
  readonly host: string;
  readonly port: number;
  readonly url: string;
  readonly #app: Application;
  readonly #options: FetchHandlerOptions & ServerEnvironOptions;
  readonly #shutdownTimeout: number;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #cut = new AbortController();
  readonly #queue = new RequestQueue();
  /** The exchanges that are not over yet. */
  readonly #running = new Map<Promise<void>, FetchExchange>();
  /** Resolves when shutdown() is over, which can be before Deno's own is. */
  readonly #over = Promise.withResolvers<void>();
  #serving = false;
  #stopped: Promise<void> | undefined;

  constructor(
    host: string,
    port: number,
    app: Application,
    options: ServerOptions,
  ) {
    this.host = host;
    this.#app = app;
    this.#shutdownTimeout = options.shutdownTimeout ?? SHUTDOWN_TIMEOUT;
    const name = toUrlHost(host);
    this.#server = listening(`${host}:${port}`, () =>
      Deno.serve({
        hostname: host.replace(/^\[(.*)\]$/, "$1"),
        port,
        signal: this.#cut.signal,
        onError: (error) => this.#onError(error),
        // The program says where it listens, not the library.
        onListen: () => {},
      }, (request, info) => this.#accept(request, info)));
    this.port = this.#server.addr.port;
    this.url = `http://${name}:${this.port}/`;
    this.#options = {
      ...options,
      serverName: name,
      serverPort: this.port,
      urlScheme: "http",
      ownsRequest: true,
    };
    options.signal?.addEventListener("abort", () => this.shutdown(), {
      once: true,
    });
    if (options.signal?.aborted) this.shutdown();
  }

  #accept(
    request: Request,
    info: Deno.ServeHandlerInfo<Deno.NetAddr>,
  ): Response | Promise<Response> {
    if (this.#serving) return this.#handle(request, info).response;
    return this.#queue.add(() => {
      const exchange = this.#handle(request, info);
      // Asked for now: later it would never settle.
      const sent = info.completed.catch(() => {});
      return { ...exchange, done: whenSent(exchange.done, sent) };
    });
  }

  #handle(
    request: Request,
    info: Deno.ServeHandlerInfo<Deno.NetAddr>,
  ): FetchExchange {
    const exchange = handleFetch(this.#app, request, info, this.#options);
    const { done } = exchange;
    if (done !== undefined) {
      this.#running.set(done, exchange);
      done.then(() => this.#running.delete(done));
    }
    return exchange;
  }

  serveForever(): Promise<void> {
    if (this.#stopped === undefined) {
      this.#serving = true;
      this.#queue.serve();
    }
    return Promise.race([this.#server.finished, this.#over.promise])
      .then(() => this.#stopped);
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
    return this.#queue.take();
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
    // no more can keep it waiting for ever, and nothing can cut it off.
    await Promise.race([
      Promise.all(this.#running.keys()),
      deadline.promise,
    ]);
    if (this.#running.size > 0) await this.#cutAll();
    else await Promise.race([this.#server.shutdown(), deadline.promise]);
    clearTimeout(timer);
    // Bytes that Deno could not get rid of must not keep the program alive.
    this.#server.unref();
    this.#over.resolve();
  }

  /** The deadline has passed: what still runs is told, then cut. */
  async #cutAll(): Promise<void> {
    const reason = new ServerStopped();
    for (const { transport } of this.#running.values()) {
      transport?.cancellation.cancel(reason);
    }
    this.#running.clear();
    // Who has no response yet is answered with 503; let it leave.
    await new Promise((resolve) => setTimeout(resolve, LAST_WORD));
    this.#cut.abort();
    await this.#server.finished;
  }

  /** What Deno found wrong: a stream that was broken, or a fault of ours. */
  #onError(error: unknown): Response {
    if (!isReported(error)) new StderrStream().write(formatError(error));
    return refuse(500);
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
  // Deno says so when it has them; a turn later the system has them.
  await new Promise((resolve) => setTimeout(resolve));
}

/**
 * Makes a server for an application. It listens at once; requests wait until
 * `serveForever()` or `handleRequest()` takes them.
 *
 * Python's `wsgiref.simple_server.make_server`, on `Deno.serve`.
 *
 * @param host The host name or IP address to listen on: `"127.0.0.1"` for this
 * machine only, `"0.0.0.0"` for all interfaces.
 * @param port The port, from 0 to 65535; 0 for any that is free.
 * @param app The application.
 * @param options What else to set.
 * @returns The server, listening.
 * @throws {TypeError} If the host is not a string or the application not a
 * function.
 * @throws {RangeError} If the port is out of range.
 * @throws {Deno.errors.AddrInUse} If the port is in use.
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
 * await using server = makeServer("127.0.0.1", 0, app);
 * server.serveForever();
 * const response = await fetch(server.url);
 * assertEquals(await response.text(), "Hello world!\n");
 * ```
 */
export function makeServer(
  host: string,
  port: number,
  app: Application,
  options: ServerOptions = {},
): WsgiServer {
  checkAddress({ host, port });
  checkApplication(app);
  return new DenoServer(host, port, app, options);
}
