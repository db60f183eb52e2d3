/**
 * The parts of `node:http` that this package uses. `IncomingMessage` and
 * `ServerResponse` match these types, so that `@types/node` is not needed.
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
  /** Resets the connection, so that the client gets an error. */
  resetAndDestroy?(): unknown;
  /** Adds a listener for the end of the connection. */
  once(event: "close", listener: () => void): unknown;
}

/** A stream of `node:http2`, which carries one request and its response. */
export interface NodeStream {
  /** Resets the stream, so that the client gets an error. */
  destroy(error: Error): unknown;
}

/** A request of `node:http`; an `IncomingMessage` matches it. */
export interface NodeRequest {
  /** The part of the path that Express has removed from `url`. */
  readonly baseUrl?: unknown;
  /** The body as parsed by middleware. */
  readonly body?: unknown;
  /** Whether the whole body has arrived. */
  readonly complete: boolean;
  /** Whether the request can no longer be read. */
  readonly destroyed: boolean;
  /** The version of HTTP, such as `"1.1"`. */
  readonly httpVersion: string;
  /** The method, such as `"GET"`. */
  readonly method?: string | undefined;
  /**
   * The raw target, if Express, Connect or another framework has removed a part
   * of the path from `url`.
   */
  readonly originalUrl?: unknown;
  /** The headers as received: alternating names and values. */
  readonly rawHeaders: readonly string[];
  /** Whether any part of the body has been read. */
  readonly readableDidRead?: boolean | undefined;
  /** The encoding in which the body is read as text; `null` for bytes. */
  readonly readableEncoding?: string | null | undefined;
  /** Whether the end of the body has been read. */
  readonly readableEnded: boolean;
  /** How many bytes have arrived but have not been read. */
  readonly readableLength?: number | undefined;
  /** The connection of the request. */
  readonly socket: NodeSocket;
  /** The stream of HTTP/2, if `node:http2` calls the listener. */
  readonly stream?: NodeStream | undefined;
  /** The raw target, without the part that a framework has removed. */
  readonly url?: string | undefined;
  /** Adds a listener for chunks of the body. */
  on(event: "data", listener: (chunk: Uint8Array) => void): unknown;
  /** Adds a listener for the end of the body or connection. */
  on(event: "close" | "end", listener: () => void): unknown;
  /** Adds a listener for errors. */
  on(event: "error", listener: (error: Error) => void): unknown;
  /** Removes a listener for chunks of the body. */
  off(event: "data", listener: (chunk: Uint8Array) => void): unknown;
  /** Removes a listener for the end. */
  off(event: "close" | "end", listener: () => void): unknown;
  /** Removes a listener for errors. */
  off(event: "error", listener: (error: Error) => void): unknown;
  /** Pauses reading. */
  pause(): unknown;
  /** Returns bytes that have arrived, or `null` if there are none. */
  read(): Uint8Array | null;
  /** Resumes reading. */
  resume(): unknown;
}

/** A response of `node:http`; a `ServerResponse` matches it. */
export interface NodeResponse {
  /** Returns the names of the headers that were set, in lower case. */
  getHeaderNames(): string[];
  /** Returns the value of a header that was set. */
  getHeader(name: string): number | string | readonly string[] | undefined;
  /** Removes a header that was set. */
  removeHeader(name: string): unknown;
  /** Sets a header; several values become several lines. */
  setHeader(name: string, value: string | readonly string[]): unknown;
  /** Sends the status and the headers: alternating names and values. */
  writeHead(code: number, reason?: string, headers?: string[]): unknown;
  /** Sends a part of the body; returns whether there is room for more. */
  write(chunk: Uint8Array, sent?: () => void): boolean;
  /** Ends the response. */
  end(chunk?: Uint8Array): unknown;
  /** Adds a listener for the end of the connection, or for room for more. */
  on(event: "close" | "drain", listener: () => void): unknown;
  /** Adds a listener for errors. */
  on(event: "error", listener: (error: Error) => void): unknown;
}
