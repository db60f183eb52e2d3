/**
 * Binding to an address, with errors that say what to do.
 *
 * @module
 */

/** Where a server listens, as its user wrote it. */
export interface ListenAddress {
  /** A host name or an IP address. */
  readonly host: string;
  /** The port, from 0 to 65535; 0 for any that is free. */
  readonly port: number;
}

/**
 * Checks an address.
 *
 * @param address The address.
 * @throws {TypeError} If the host is not a string, or empty.
 * @throws {RangeError} If the port is not an integer from 0 to 65535.
 */
export function checkAddress({ host, port }: ListenAddress): void {
  if (typeof host !== "string" || host === "") {
    throw new TypeError(
      `Cannot make the server: host must be a string such as "127.0.0.1"`,
    );
  }
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new RangeError(
      `Cannot make the server: port must be an integer from 0 to 65535, got ${port}`,
    );
  }
}

/**
 * Writes a host as in a URL: an IPv6 address in brackets, and for the addresses
 * that mean "all interfaces" a name that can be connected to.
 *
 * @param host A host name or an IP address.
 * @returns The host for a URL and for `SERVER_NAME`.
 */
export function toUrlHost(host: string): string {
  if (host === "0.0.0.0" || host === "::" || host === "[::]") {
    return "localhost";
  }
  return host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
}

/**
 * Calls what listens, and says in plain words why it could not.
 *
 * @param where The address, for the message.
 * @param listen Binds and returns.
 * @returns What `listen` returns.
 * @throws {Deno.errors.AddrInUse} If the port is taken.
 * @throws {Deno.errors.NotCapable} If the program may not listen there.
 * @throws {Deno.errors.PermissionDenied} If the system does not allow the port.
 * @throws {Deno.errors.AddrNotAvailable} If the host is not this machine's.
 */
export function listening<T>(where: string, listen: () => T): T {
  try {
    return listen();
  } catch (error) {
    const cannot = `Cannot listen on ${where}`;
    const { AddrInUse, AddrNotAvailable, NotCapable, PermissionDenied } =
      Deno.errors;
    if (error instanceof AddrInUse) {
      throw new AddrInUse(`${cannot}: the port is in use`);
    }
    if (error instanceof NotCapable) {
      throw new NotCapable(
        `${cannot}: permission is missing, run again with --allow-net=${where}`,
      );
    }
    if (error instanceof PermissionDenied) {
      throw new PermissionDenied(
        `${cannot}: the system does not allow it, ports below 1024 are reserved`,
      );
    }
    if (error instanceof AddrNotAvailable) {
      throw new AddrNotAvailable(
        `${cannot}: it is not an address of this machine`,
      );
    }
    throw error;
  }
}
