/**
 * Addresses, and errors of listening that explain what to do.
 *
 * @module
 */

import { describe } from "../wsgi/describe.ts";
import { toUrlHost } from "../wsgi/ip_address.ts";

/** The address of a server, as given in its options. */
export interface ListenAddress {
  /** A host name or an IP address. */
  readonly hostname: string;
  /** The port, from 0 to 65535; 0 for any free port. */
  readonly port: number;
  /** The path of a Unix socket, instead of hostname and port. */
  readonly path?: string | undefined;
  /** The file mode of the Unix socket. */
  readonly mode?: number | undefined;
  /** The certificate chain in PEM. */
  readonly cert?: string | undefined;
  /** Its private key in PEM. */
  readonly key?: string | undefined;
}

/**
 * Checks an address. With a path, hostname and port are not checked.
 *
 * @param address The address.
 * @throws {TypeError} If the hostname is not a string, or empty.
 * @throws {RangeError} If the port is not an integer from 0 to 65535.
 */
export function checkAddress({ hostname, port, path }: ListenAddress): void {
  if (path !== undefined) return;
  // In Python, "" means all interfaces. Here it is more likely a mistake, such as
  // an environment variable that is not set.
  if (
    typeof hostname !== "string" || hostname === "" || hostname === "*"
  ) {
    throw new TypeError(
      `Cannot make the server: hostname must be a string such as "127.0.0.1", or "0.0.0.0" for all interfaces, got ${
        describe(hostname)
      }`,
    );
  }
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new RangeError(
      `Cannot make the server: port must be an integer from 0 to 65535, got ${port}`,
    );
  }
}

/**
 * Calls a function that listens, and explains its errors.
 *
 * @param where The address, for the message.
 * @param listen The function.
 * @returns The result of the function.
 * @throws {Deno.errors.AddrInUse} If the port is in use.
 * @throws {Deno.errors.NotCapable} If the program may not listen there.
 * @throws {Deno.errors.PermissionDenied} If the system does not allow the port.
 * @throws {Deno.errors.AddrNotAvailable} If the host is not this machine's.
 * @throws {TypeError} If the host is neither a host name nor an IP address.
 * @throws {Error} If no address is known for the host name.
 */
export function listening<T>(where: string, listen: () => T): T {
  try {
    return listen();
  } catch (error) {
    throw explain(error, where) ?? error;
  }
}

/** Creates the same error with a better message, if there is one. */
function explain(error: unknown, where: string): Error | undefined {
  const cannot = `Cannot listen on ${where}`;
  const isSocket = !where.includes(":");
  const {
    AddrInUse,
    AddrNotAvailable,
    NotCapable,
    NotFound,
    PermissionDenied,
  } = Deno.errors;
  if (error instanceof AddrInUse) {
    return new AddrInUse(
      isSocket
        ? `${cannot}: another server listens there, or the file is not a socket`
        : `${cannot}: the port is in use`,
    );
  }
  if (error instanceof NotCapable) {
    // Deno does not accept relative paths in this option.
    const net = where.startsWith("/") ? `=unix:${where}` : "";
    const options = isSocket
      ? `--allow-read=${where} --allow-write=${where} --allow-net${net}`
      : `--allow-net=${where}`;
    return new NotCapable(
      `${cannot}: permission is missing, run again with ${options}`,
    );
  }
  if (error instanceof PermissionDenied) {
    return new PermissionDenied(
      `${cannot}: the system does not allow it${
        isSocket ? "" : ", ports below 1024 are reserved"
      }`,
    );
  }
  if (error instanceof AddrNotAvailable) {
    return new AddrNotAvailable(
      `${cannot}: it is not an address of this machine`,
    );
  }
  if (error instanceof NotFound && isSocket) {
    return new NotFound(`${cannot}: its folder does not exist`);
  }
  // Deno has no classes for these two.
  if (error instanceof URIError) {
    return new TypeError(`${cannot}: it is not a host name or an IP address`, {
      cause: error,
    });
  }
  if (error instanceof Error && /address information/.test(error.message)) {
    return new Error(`${cannot}: no address is known for this host name`, {
      cause: error,
    });
  }
}

/**
 * Returns the URL of a server.
 *
 * @param scheme The scheme of the protocol.
 * @param address The address, with the actual port.
 * @returns `"http://127.0.0.1:8000/"`, or for a Unix socket
 * `"http+unix://%2Frun%2Fapp.sock/"`.
 */
export function toUrl(
  scheme: string,
  { hostname, port, path }: ListenAddress,
): string {
  return path === undefined
    ? `${scheme}://${toUrlHost(hostname)}:${port}/`
    : `${scheme}+unix://${encodeURIComponent(path)}/`;
}
