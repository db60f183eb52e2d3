/**
 * {@linkcode Listener}: where connections come from.
 *
 * @module
 */

import type { Socket } from "./socket_writer.ts";

/** A connection that was accepted. */
export interface Accepted {
  /** The connection. */
  readonly socket: Socket;
  /** The address of the client; `undefined` on a Unix socket. */
  readonly remote: Deno.NetAddr | undefined;
}

/** What a server says of where it listens. */
export interface ServerAddress {
  /** The host, as in a URL; `SERVER_NAME`. */
  readonly serverName: string;
  /** `SERVER_PORT`. */
  readonly serverPort: string;
}

/** Where connections come from. */
export interface Listener {
  /** The port; 0 for a Unix socket. */
  readonly port: number;
  /**
   * Waits for a connection.
   *
   * @returns The connection; `undefined` for one whose client has left before it
   * was accepted. It rejects when the listener is closed, and when the system
   * has no more connections.
   */
  accept(): Promise<Accepted | undefined>;
  /** Takes no more connections. */
  close(): void;
}

/**
 * Accepts a connection.
 *
 * @param listener The listener of Deno.
 * @returns The connection; nothing for one that is gone already.
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
