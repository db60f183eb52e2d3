/**
 * {@linkcode openListener}: listens at any kind of address.
 *
 * @module
 */

import { type ListenAddress, listening } from "./listen.ts";
import { withoutBrackets } from "../wsgi/ip_address.ts";
import { type Accepted, acceptFrom, type Listener } from "./listener.ts";
import { listenUnix } from "./unix_listener.ts";

/**
 * Listens at an address.
 *
 * @param address The address, checked.
 * @returns The listener.
 * @throws As `listening()` does.
 * @throws {TypeError} If certificate or key are invalid, or the path is too long.
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
      // Deno has many kinds of errors for an invalid certificate.
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
        // Without it, a second write waits for the acknowledgement of the first.
        if ("setNoDelay" in socket) (socket as Deno.TcpConn).setNoDelay();
        const { hostname, port } = socket.remoteAddr as Deno.NetAddr;
        // V8 reads a copy several times faster than the object of Deno.
        return { socket, remote: { hostname, port: String(port) } };
      } catch {
        socket.close();
        return undefined;
      }
    },
    close: () => listener.close(),
  };
}

function isAddressError(error: unknown): boolean {
  const { AddrInUse, AddrNotAvailable, NotCapable, PermissionDenied } =
    Deno.errors;
  return [AddrInUse, AddrNotAvailable, NotCapable, PermissionDenied]
    .some((kind) => error instanceof kind);
}
