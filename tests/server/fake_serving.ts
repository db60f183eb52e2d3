// A server over fake sockets: the test decides when bytes arrive and when
// they are read, without a buffer of the system in between.

import type { Accepted, Listener } from "../../server/listener.ts";
import { HttpProtocol } from "../../server/http_protocol.ts";
import type { ServerOptions } from "../../server/types.ts";
import { SocketServer } from "../../server/socket_server.ts";
import type { Socket } from "../../server/listener.ts";
import type { RequestHead } from "../../http1/request_head.ts";
import { fromBytes, toBytes } from "../../wsgi/byte_string.ts";
import { StderrStream } from "../../wsgi/error_stream.ts";
import type { Application } from "../../wsgi/types.ts";

/** One connection. What it does not take yet, the server waits with. */
export class ServedSocket implements Socket {
  #waiting: Uint8Array = new Uint8Array();
  #ended = false;
  #wakeReader: (() => void) | undefined;
  #room = Infinity;
  #wakeWriter: (() => void) | undefined;
  #closed = Promise.withResolvers<void>();
  #isClosed = false;
  /** How many bytes the server has read. */
  taken = 0;
  /** How many reads returned them. */
  reads = 0;
  /** The bytes that the server has written and the client has read. */
  received = "";
  /** Resolves when the server closes the connection. */
  readonly closed: Promise<void> = this.#closed.promise;

  /** Whether the server has closed the connection. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** How many bytes the server has not read. */
  get unread(): number {
    return this.#waiting.length;
  }

  /** Sends bytes to the server. */
  send(text: string | Uint8Array): void {
    const bytes = typeof text === "string" ? toBytes(text) : text;
    const both = new Uint8Array(this.#waiting.length + bytes.length);
    both.set(this.#waiting);
    both.set(bytes, this.#waiting.length);
    this.#waiting = both;
    this.#wakeReader?.();
  }

  /** Ends the sending side of the client. */
  end(): void {
    this.#ended = true;
    this.#wakeReader?.();
  }

  /** Lets the client read this many further bytes. */
  take(count: number): void {
    this.#room = count;
    this.#wakeWriter?.();
  }

  async read(into: Uint8Array): Promise<number | null> {
    while (this.#waiting.length === 0) {
      if (this.#isClosed) throw new Deno.errors.Interrupted("closed");
      if (this.#ended) return null;
      await new Promise<void>((resolve) => this.#wakeReader = resolve);
    }
    const bytes = this.#waiting.subarray(0, into.length);
    this.#waiting = this.#waiting.slice(bytes.length);
    into.set(bytes);
    this.taken += bytes.length;
    this.reads++;
    return bytes.length;
  }

  async write(bytes: Uint8Array): Promise<number> {
    for (;;) {
      await undefined;
      if (this.#isClosed) throw new Deno.errors.Interrupted("closed");
      if (this.#room > 0) break;
      await new Promise<void>((resolve) => this.#wakeWriter = resolve);
    }
    const taken = bytes.subarray(0, this.#room);
    this.#room -= taken.length;
    this.received += fromBytes(taken);
    return taken.length;
  }

  closeWrite(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {
    this.#isClosed = true;
    this.#wakeReader?.();
    this.#wakeWriter?.();
    this.#closed.resolve();
  }
}

/** A server with fake sockets. */
export interface FakeServing extends AsyncDisposable {
  readonly server: SocketServer<RequestHead>;
  /** The text sent to `wsgi.errors` so far. */
  readonly log: readonly string[];
  /** Creates a connection. */
  connect(): ServedSocket;
  /** Lets the server accept a socket. */
  accept(socket: Socket): void;
}

/** Serves over sockets that the test creates. */
export function serveFake(
  app: Application,
  options: ServerOptions = {},
): FakeServing {
  const log: string[] = [];
  const errors = new StderrStream((text) => void log.push(text));
  const all = { ...options, environ: { "wsgi.errors": errors } };
  const accepted: Socket[] = [];
  let wake: (() => void) | undefined;
  let isClosed = false;
  const listener: Listener = {
    port: 80,
    async accept(): Promise<Accepted> {
      while (accepted.length === 0) {
        if (isClosed) throw new Deno.errors.BadResource("closed");
        await new Promise<void>((resolve) => wake = resolve);
      }
      return { socket: accepted.shift() as Socket, remote: undefined };
    },
    close(): void {
      isClosed = true;
      wake?.();
    },
  };
  const server = new SocketServer({
    ...options,
    listener,
    app,
    hostname: "h",
    url: "http://h/",
    errors,
    protocol: new HttpProtocol({ serverName: "h", serverPort: "80" }, all),
    run: {},
    log: undefined,
    shutdownTimeout: options.shutdownTimeout ?? 50,
    headersTimeout: options.headersTimeout ?? Infinity,
    keepAliveTimeout: options.keepAliveTimeout ?? Infinity,
    requestTimeout: options.requestTimeout ?? Infinity,
  });
  server.serveForever();
  const accept = (socket: Socket): void => {
    accepted.push(socket);
    wake?.();
  };
  return {
    server,
    log,
    connect(): ServedSocket {
      const socket = new ServedSocket();
      accept(socket);
      return socket;
    },
    accept,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** Waits until everything has happened that needs no timer. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) {
    await new Promise<void>((resolve) => setTimeout(resolve));
  }
}
