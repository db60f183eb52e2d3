/**
 * What this package needs of `node:http`. `IncomingMessage` and
 * `ServerResponse` have all of it, so that nobody needs `@types/node`.
 *
 * @module
 */

/** The connection of a {@linkcode NodeRequest}. */
export interface NodeSocket {
  /** Whether it is a TLS connection. */
  readonly encrypted?: boolean | undefined;
  /** The address of this end. */
  readonly localAddress?: string | undefined;
  /** The port of this end. */
  readonly localPort?: number | undefined;
  /** The address of the client. */
  readonly remoteAddress?: string | undefined;
  /** The port of the client. */
  readonly remotePort?: number | undefined;
  /** The server, whose address is a path if it listens on a Unix socket. */
  readonly server?: { address?(): unknown } | undefined;
  /** Closes the connection. */
  destroy(): unknown;
  /** Closes it so that the client sees an error. */
  resetAndDestroy?(): unknown;
  /** Calls when the connection is closed. */
  once(event: "close", listener: () => void): unknown;
}

/** A stream of `node:http2`, which carries one request and its response. */
export interface NodeStream {
  /** Closes it so that the client sees an error. */
  destroy(error: Error): unknown;
}

/** A request of `node:http`: what an `IncomingMessage` has. */
export interface NodeRequest {
  /** The part of the path that Express has taken off from `url`. */
  readonly baseUrl?: unknown;
  /** What middleware has made of the body. */
  readonly body?: unknown;
  /** Whether all of the body has arrived. */
  readonly complete: boolean;
  /** Whether it cannot be read any more. */
  readonly destroyed: boolean;
  /** The version of HTTP: `"1.1"`. */
  readonly httpVersion: string;
  /** The method. */
  readonly method?: string | undefined;
  /**
   * The raw target, where Express, Connect or another framework has taken a part
   * of the path off from `url`.
   */
  readonly originalUrl?: unknown;
  /** Names and values of the headers, one after the other, as they came. */
  readonly rawHeaders: readonly string[];
  /** Whether any of the body was read. */
  readonly readableDidRead?: boolean | undefined;
  /** The encoding in which the body comes as text; `null` for bytes. */
  readonly readableEncoding?: string | null | undefined;
  /** Whether the end of the body was read. */
  readonly readableEnded: boolean;
  /** How many bytes have arrived and were not read. */
  readonly readableLength?: number | undefined;
  /** The connection. */
  readonly socket: NodeSocket;
  /** The stream of HTTP/2, where `node:http2` calls the listener. */
  readonly stream?: NodeStream | undefined;
  /** The raw target, or the part of it that a framework leaves. */
  readonly url?: string | undefined;
  /** Listens to the body. */
  on(event: "data", listener: (chunk: Uint8Array) => void): unknown;
  /** Listens to its end. */
  on(event: "close" | "end", listener: () => void): unknown;
  /** Listens to errors. */
  on(event: "error", listener: (error: Error) => void): unknown;
  /** Listens to the body no longer. */
  off(event: "data", listener: (chunk: Uint8Array) => void): unknown;
  /** Listens to its end no longer. */
  off(event: "close" | "end", listener: () => void): unknown;
  /** Listens to errors no longer. */
  off(event: "error", listener: (error: Error) => void): unknown;
  /** Stops reading. */
  pause(): unknown;
  /** Takes what has arrived; `null` if there is nothing. */
  read(): Uint8Array | null;
  /** Reads on. */
  resume(): unknown;
}

/** A response of `node:http`: what a `ServerResponse` has. */
export interface NodeResponse {
  /** Returns the names of the headers that were set, in small letters. */
  getHeaderNames(): string[];
  /** Returns the value of a header that was set. */
  getHeader(name: string): number | string | readonly string[] | undefined;
  /** Takes back a header that was set. */
  removeHeader(name: string): unknown;
  /** Sets a header; several values become several lines. */
  setHeader(name: string, value: string | readonly string[]): unknown;
  /** Sends status and headers: names and values, one after the other. */
  writeHead(code: number, reason?: string, headers?: string[]): unknown;
  /** Sends a part of the body; returns whether it can take more at once. */
  write(chunk: Uint8Array, sent?: () => void): boolean;
  /** Ends the response. */
  end(chunk?: Uint8Array): unknown;
  /** Listens to the end of the connection, and to room for more. */
  on(event: "close" | "drain", listener: () => void): unknown;
  /** Listens to errors. */
  on(event: "error", listener: (error: Error) => void): unknown;
}
