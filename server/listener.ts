/**
 * {@linkcode openListener}: where connections come from.
 *
 * @module
 */

import { type ListenAddress, listening, withoutBrackets } from "./listen.ts";
import type { Socket } from "./socket_writer.ts";
import { bindUnix } from "./unix_socket.ts";

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
 * Listens at an address.
 *
 * @param address The address, checked.
 * @returns The listener, bound.
 * @throws As `listening()` does.
 * @throws {TypeError} If certificate and key are not ones, or the path is too
 * long.
 */
export function openListener(address: ListenAddress): Listener {
  return address.path === undefined
    ? listenTcp(address)
    : listenUnix(address.path, address.mode);
}

function listenTcp(
  { hostname: host, port, cert, key }: ListenAddress,
): Listener {
  const hostname = withoutBrackets(host);
  const listener = listening(`${host}:${port}`, () => {
    if (cert === undefined || key === undefined) {
      return Deno.listen({ hostname, port });
    }
    const alpnProtocols = ["http/1.1"];
    try {
      return Deno.listenTls({ hostname, port, cert, key, alpnProtocols });
    } catch (error) {
      if (isAddressError(error)) throw error;
      // Deno has many kinds of errors for a certificate that it cannot read.
      throw new TypeError(
        "Cannot make the server: cert and key must be a certificate and its key in PEM",
        { cause: error },
      );
    }
  });
  return {
    port: (listener.addr as Deno.NetAddr).port,
    async accept(): Promise<Accepted | undefined> {
      const socket = await acceptFrom(listener);
      if (socket === undefined) return undefined;
      try {
        // Otherwise a second write waits until the first one is acknowledged.
        if ("setNoDelay" in socket) (socket as Deno.TcpConn).setNoDelay();
        return { socket, remote: socket.remoteAddr as Deno.NetAddr };
      } catch {
        socket.close();
        return undefined;
      }
    },
    close: () => listener.close(),
  };
}

/** Accepts a connection; nothing for one that is gone already. */
async function acceptFrom(
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

function isAddressError(error: unknown): boolean {
  const { AddrInUse, AddrNotAvailable, NotCapable, PermissionDenied } =
    Deno.errors;
  return [AddrInUse, AddrNotAvailable, NotCapable, PermissionDenied]
    .some((kind) => error instanceof kind);
}

function listenUnix(path: string, mode: number | undefined): Listener {
  const listener = listening(
    path,
    () => bindUnix(path, () => Deno.listen({ transport: "unix", path })),
  );
  try {
    if (mode !== undefined) Deno.chmodSync(path, mode);
  } catch (error) {
    listener.close();
    throw error;
  }
  const own = identityOf(path);
  let isAccepting = false;
  let onClosed: (() => void) | undefined;
  return {
    port: 0,
    async accept(): Promise<Accepted | undefined> {
      isAccepting = true;
      try {
        const socket = await acceptFrom(listener);
        return socket && { socket, remote: undefined };
      } finally {
        isAccepting = false;
        onClosed?.();
      }
    },
    close(): void {
      onClosed = own === undefined || own === identityOf(path)
        ? undefined
        : keepFile(path);
      listener.close();
      // Otherwise Deno holds the listener until the last accept() is over.
      if (!isAccepting) onClosed?.();
    },
  };
}

/**
 * Keeps a file that somebody else has put in place of the socket: a listener
 * that is closed removes whatever has the name that it was bound to.
 *
 * @returns Puts the file back, once the listener is closed.
 */
function keepFile(path: string): (() => void) | undefined {
  const kept = `${path}.${crypto.randomUUID().slice(0, 8)}`;
  try {
    Deno.linkSync(path, kept);
  } catch {
    // There is none, or the program may write no other name.
    return undefined;
  }
  return () => {
    try {
      Deno.linkSync(kept, path);
    } catch {
      // It is, or a newer one.
    }
    Deno.removeSync(kept);
  };
}

/** Which file a path leads to; `undefined` if none, or none that can be seen. */
function identityOf(path: string): string | undefined {
  try {
    const { dev, ino } = Deno.lstatSync(path);
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}
