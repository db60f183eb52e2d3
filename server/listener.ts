/**
 * {@linkcode Listener}: the source of connections.
 *
 * @module
 */

/** The methods of a connection over TCP, TLS or a Unix socket. */
export interface Socket {
  /** Reads received bytes into an array; `null` at the end. */
  read(into: Uint8Array): Promise<number | null>;
  /** Writes some of the bytes, and resolves to their number. */
  write(bytes: Uint8Array): Promise<number>;
  /** Closes the sending direction. */
  closeWrite(): Promise<void>;
  /** Closes both directions. */
  close(): void;
}

/** The address of a client. */
export interface RemoteAddress {
  /** Its IP address. */
  readonly hostname: string;
  /** Its port, as in `REMOTE_PORT`. */
  readonly port: string;
}

/** A connection that was accepted. */
export interface Accepted {
  /** The connection. */
  readonly socket: Socket;
  /** The address of the client; `undefined` on a Unix socket. */
  readonly remote: RemoteAddress | undefined;
}

/** The address of a server for the environ. */
export interface ServerAddress {
  /** The host, as in a URL; `SERVER_NAME`. */
  readonly serverName: string;
  /** `SERVER_PORT`. */
  readonly serverPort: string;
}

/** The source of connections. */
export interface Listener {
  /** The port; 0 for a Unix socket. */
  readonly port: number;
  /**
   * Waits for a connection.
   *
   * @returns The connection; `undefined` if its client has left already. It
   * rejects when the listener is closed, and when the system has no free
   * descriptors.
   */
  accept(): Promise<Accepted | undefined>;
  /** Stops accepting connections. */
  close(): void;
}

/**
 * Accepts a connection.
 *
 * @param listener The listener of Deno.
 * @returns The connection; `undefined` if its client has left already.
 */
export async function acceptFrom(
  listener: Deno.Listener,
): Promise<Deno.Conn | undefined> {
  try {
    return await listener.accept();
  } catch (error) {
    const { ConnectionAborted, ConnectionReset, NotConnected } = Deno.errors;
    const isGone = [ConnectionAborted, ConnectionReset, NotConnected]
      .some((kind) => error instanceof kind);
    if (isGone) return undefined;
    throw error;
  }
}
