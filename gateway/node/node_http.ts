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

/** A request of `node:http`: what an `IncomingMessage` has. */
export interface NodeRequest {
  /** Whether all of the body has arrived. */
  readonly complete: boolean;
  /** Whether it cannot be read any more. */
  readonly destroyed: boolean;
  /** The version of HTTP: `"1.1"`. */
  readonly httpVersion: string;
  /** The method. */
  readonly method?: string | undefined;
  /** Names and values of the headers, one after the other, as they came. */
  readonly rawHeaders: readonly string[];
  /** Whether the end of the body was read. */
  readonly readableEnded: boolean;
  /** The connection. */
  readonly socket: NodeSocket;
  /** The stream of HTTP/2, where `node:http2` calls the listener. */
  readonly stream?: unknown;
  /** The raw target. */
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
  /** Reads on. */
  resume(): unknown;
}

/** A response of `node:http`: what a `ServerResponse` has. */
export interface NodeResponse {
  /** Sets status and headers: names and values, one after the other. */
  writeHead(code: number, reason: string, headers: string[]): unknown;
  /** Sends a part of the body; returns whether it can take more at once. */
  write(chunk: Uint8Array, sent?: () => void): boolean;
  /** Ends the response. */
  end(chunk?: Uint8Array): unknown;
  /** Listens to the end of the connection, and to room for more. */
  on(event: "close" | "drain", listener: () => void): unknown;
  /** Listens to errors. */
  on(event: "error", listener: (error: Error) => void): unknown;
}
