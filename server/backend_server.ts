/**
 * A server behind a web server: what SCGI and uwsgi have in common.
 *
 * @module
 */

import { MalformedBlock } from "../gateway/backend/header_block.ts";
import {
  BackendConnection,
  type Socket,
} from "../gateway/backend/connection.ts";
import {
  type BackendContext,
  type BackendProtocol,
  BackendRequest,
} from "../gateway/backend/backend_request.ts";
import { ServerStopped } from "../gateway/cancellation.ts";
import { formatError } from "../gateway/error_response.ts";
import { StderrStream } from "../wsgi/error_stream.ts";
import {
  checkAddress,
  listening,
  toUrlHost,
  withoutBrackets,
} from "./listen.ts";
import { checkApplication } from "../gateway/run_application.ts";
import { RunningRequests } from "./running_requests.ts";
import {
  type BackendOptions,
  checkOptions,
  DEFAULT_SHUTDOWN_TIMEOUT_MS,
} from "./options.ts";
import type { Application, ErrorStream } from "../wsgi/types.ts";
import { bindUnix } from "./unix_socket.ts";
import type { WsgiServer } from "./wsgi_server.ts";

/** How long to wait when the system has no more connections, in milliseconds. */
const ACCEPT_RETRY_MS = 100;

/** Where connections come from. */
interface Listener {
  readonly port: number;
  accept(): Promise<Socket>;
  close(): void;
}

function listenTcp(hostname: string, port: number): Listener {
  const listener = listening(
    `${hostname}:${port}`,
    () => Deno.listen({ hostname: withoutBrackets(hostname), port }),
  );
  return {
    port: listener.addr.port,
    async accept(): Promise<Socket> {
      const conn = await listener.accept();
      // Head and body are two writes: the second one must not wait.
      conn.setNoDelay();
      return conn;
    },
    close: () => listener.close(),
  };
}

function listenUnix(path: string, mode: number | undefined): Listener {
  const listener = listening(
    path,
    () => bindUnix(path, () => Deno.listen({ transport: "unix", path })),
  );
  if (mode !== undefined) Deno.chmodSync(path, mode);
  return {
    port: 0,
    accept: () => listener.accept(),
    close(): void {
      listener.close();
      try {
        Deno.removeSync(path);
      } catch {
        // It is gone already.
      }
    },
  };
}

class BackendServer implements WsgiServer {
  readonly hostname: string;
  readonly port: number;
  readonly url: string;
  readonly finished: Promise<void>;
  readonly #context: BackendContext;
  readonly #listener: Listener;
  readonly #maxInFlight: number;
  readonly #shutdownTimeout: number;
  readonly #connections = new Set<BackendConnection>();
  readonly #running: RunningRequests;
  readonly #over = Promise.withResolvers<void>();
  /** Resolves when there may be room for another connection. */
  #room = Promise.withResolvers<void>();
  /** Resolves when nothing listens any more. */
  readonly #accepting: Promise<void>;
  #stopped: Promise<void> | undefined;

  constructor(context: BackendContext, options: BackendOptions) {
    const { hostname = "127.0.0.1", port = 0 } = options;
    this.hostname = hostname;
    this.finished = this.#over.promise;
    this.#context = context;
    this.#maxInFlight = options.maxInFlight ?? Infinity;
    this.#shutdownTimeout = options.shutdownTimeout ??
      DEFAULT_SHUTDOWN_TIMEOUT_MS;
    this.#running = new RunningRequests(
      options.requestTimeout,
      () => this.#makeRoom(),
    );
    const { path, mode, signal } = options;
    this.#listener = path === undefined
      ? listenTcp(hostname, port)
      : listenUnix(path, mode);
    this.port = this.#listener.port;
    const scheme = context.protocol.name.toLowerCase();
    this.url = path === undefined
      ? `${scheme}://${toUrlHost(hostname)}:${this.port}/`
      : `${scheme}+unix://${encodeURIComponent(path)}/`;
    this.#accepting = this.#accept();
    signal?.addEventListener("abort", () => this.shutdown(), { once: true });
    if (signal?.aborted) this.shutdown();
  }

  #makeRoom(): void {
    this.#room.resolve();
    this.#room = Promise.withResolvers();
  }

  async #accept(): Promise<void> {
    while (this.#stopped === undefined) {
      // A connection that has not said anything yet takes a place, too.
      if (this.#connections.size >= this.#maxInFlight) {
        await this.#room.promise;
        continue;
      }
      try {
        const socket = await this.#listener.accept();
        if (this.#stopped === undefined) {
          this.#serve(new BackendConnection(socket));
        } else socket.close();
      } catch (error) {
        if (this.#stopped !== undefined) break;
        // Without a pause this would be a loop that nothing else gets through.
        this.#log(`Cannot accept a connection: ${error}`);
        await new Promise((resolve) => setTimeout(resolve, ACCEPT_RETRY_MS));
      }
    }
  }

  async #serve(connection: BackendConnection): Promise<void> {
    this.#connections.add(connection);
    connection.over.then(() => {
      this.#connections.delete(connection);
      this.#makeRoom();
    });
    try {
      const variables = await this.#context.protocol.readBlock(connection);
      // A health check of a web server connects and sends nothing.
      if (variables === undefined) return connection.destroy();
      const request = new BackendRequest(connection, this.#context);
      const done = request.run(variables);
      this.#running.add(request, done.catch(() => {}));
      await done;
    } catch (error) {
      const isMalformed = error instanceof MalformedBlock;
      const { name } = this.#context.protocol;
      this.#log(
        isMalformed
          ? `Cannot serve over ${name}: ${error.message}`
          : formatError(error),
      );
      connection.destroy();
    }
  }

  #log(message: string): void {
    try {
      this.#context.errors.write(`${message.trimEnd()}\n`);
    } catch {
      // The log itself is broken. The server goes on without it.
    }
  }

  serveForever(): Promise<void> {
    return this.finished;
  }

  handleRequest(): Promise<void> {
    return Promise.reject(
      new Error(
        this.#stopped === undefined
          ? "Cannot handle one request: the server serves forever"
          : "Cannot handle a request: the server is shut down",
      ),
    );
  }

  shutdown(): Promise<void> {
    return this.#stopped ??= this.#stop();
  }

  async #stop(): Promise<void> {
    this.#listener.close();
    this.#makeRoom();
    const deadline = Promise.withResolvers<void>();
    const timer = setTimeout(deadline.resolve, this.#shutdownTimeout);
    const connections = [...this.#connections];
    for (const connection of connections) {
      if (connection.isIdle) connection.destroy();
    }
    await Promise.race([
      Promise.all([
        this.#running.idle(),
        ...connections.map((connection) => connection.over),
      ]),
      deadline.promise,
    ]);
    clearTimeout(timer);
    if (this.#running.size > 0) {
      await this.#running.cancelAll(new ServerStopped());
    }
    for (const connection of this.#connections) connection.destroy();
    this.#running.stop();
    await this.#accepting;
    this.#over.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }
}

/**
 * Makes a server and starts it.
 *
 * @param protocol What it speaks.
 * @param app The application.
 * @param options What to set.
 * @returns The server, serving.
 * @throws As `serveScgi()` does.
 */
export function serveBackend(
  protocol: BackendProtocol,
  app: Application,
  options: BackendOptions,
): WsgiServer {
  const { hostname = "127.0.0.1", port = 0, path, environ } = options;
  checkApplication(app);
  checkOptions(options);
  checkAddress({ hostname, port, path });
  const errors = environ?.["wsgi.errors"] as ErrorStream | undefined;
  return new BackendServer({
    app,
    protocol,
    options,
    errors: errors ?? new StderrStream(),
  }, options);
}
