/**
 * Binding to an address, with errors that say what to do.
 *
 * @module
 */

import { bindUnix } from "./unix_socket.ts";

/** Where a server listens, as its user wrote it. */
export interface ListenAddress {
  /** A host name or an IP address. */
  readonly hostname: string;
  /** The port, from 0 to 65535; 0 for any that is free. */
  readonly port: number;
  /** The path of a Unix socket, in place of the two. */
  readonly path?: string | undefined;
  /** The file mode of the Unix socket. */
  readonly mode?: number | undefined;
  /** The certificate chain in PEM. */
  readonly cert?: string | undefined;
  /** Its private key in PEM. */
  readonly key?: string | undefined;
}

/** What Deno is to do with requests. */
export type Handlers = Pick<Deno.ServeOptions, "signal" | "onError"> & {
  readonly handler: (
    request: Request,
    info: Deno.ServeHandlerInfo,
  ) => Response | Promise<Response>;
};

/** A server that listens, and what it is called. */
export interface Listening {
  readonly server: Deno.HttpServer;
  /** The real port, 0 for a Unix socket. */
  readonly port: number;
  /** Where to reach it. */
  readonly url: string;
  /** What its environs say. */
  readonly environ: {
    readonly serverName: string;
    readonly serverPort: number;
    readonly urlScheme: "http" | "https";
  };
}

/**
 * Checks an address. That of a Unix socket needs no hostname and no port.
 *
 * @param address The address.
 * @throws {TypeError} If the hostname is not a string, or empty.
 * @throws {RangeError} If the port is not an integer from 0 to 65535.
 */
export function checkAddress({ hostname, port, path }: ListenAddress): void {
  if (path !== undefined) return;
  if (typeof hostname !== "string" || hostname === "") {
    throw new TypeError(
      `Cannot make the server: hostname must be a string such as "127.0.0.1"`,
    );
  }
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new RangeError(
      `Cannot make the server: port must be an integer from 0 to 65535, got ${port}`,
    );
  }
}

/**
 * Writes a hostname as in a URL: an IPv6 address in brackets, and for the
 * addresses that mean "all interfaces" a name that can be connected to.
 *
 * @param hostname A host name or an IP address.
 * @returns The host for a URL and for `SERVER_NAME`.
 */
export function toUrlHost(hostname: string): string {
  const bare = withoutBrackets(hostname);
  if (bare === "0.0.0.0" || bare === "::") return "localhost";
  return bare.includes(":") ? `[${bare}]` : hostname;
}

/**
 * Takes an IPv6 address out of its brackets, for Deno.
 *
 * @param hostname A host name or an IP address.
 * @returns The same without brackets.
 */
export function withoutBrackets(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, "$1");
}

/**
 * Listens by a function, and explains its error in plain words.
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
    throw explain(error, where) ?? error;
  }
}

/** Makes the same error with other words, where there are better ones. */
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
        ? `${cannot}: another server listens there, or the file is no socket`
        : `${cannot}: the port is in use`,
    );
  }
  if (error instanceof NotCapable) {
    // Deno takes no relative path there.
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
}

/**
 * Listens at an address.
 *
 * @param address The address, checked.
 * @param handlers What to do with requests.
 * @returns The server, listening.
 * @throws As {@linkcode listening} does.
 * @throws {TypeError} If certificate and key are not valid PEM, or the path is too long.
 */
export function listen(address: ListenAddress, handlers: Handlers): Listening {
  return address.path === undefined
    ? listenTcp(address, handlers)
    : listenUnix(address.path, address.mode, handlers);
}

// The program prints where it listens, not the library.
const QUIET = { onListen: () => {} };

function listenTcp(
  { hostname, port, cert, key }: ListenAddress,
  handlers: Handlers,
): Listening {
  const server = listening(`${hostname}:${port}`, () => {
    const options = {
      ...QUIET,
      ...handlers,
      hostname: withoutBrackets(hostname),
      port,
    };
    if (cert === undefined || key === undefined) return Deno.serve(options);
    try {
      return Deno.serve({ ...options, cert, key });
    } catch (error) {
      if (explain(error, "") !== undefined) throw error;
      // Deno has many kinds of errors for what is no certificate.
      throw new TypeError(
        "Cannot make the server: cert and key must be a certificate and its key in PEM",
        { cause: error },
      );
    }
  });
  const serverName = toUrlHost(hostname);
  const serverPort = server.addr.port;
  const urlScheme = cert === undefined ? "http" : "https";
  return {
    server,
    port: serverPort,
    url: `${urlScheme}://${serverName}:${serverPort}/`,
    environ: { serverName, serverPort, urlScheme },
  };
}

function listenUnix(
  path: string,
  mode: number | undefined,
  handlers: Handlers,
): Listening {
  const serve = (): Deno.HttpServer =>
    Deno.serve({ ...QUIET, ...handlers, path });
  const server = listening(path, () => bindUnix(path, serve));
  if (mode !== undefined) Deno.chmodSync(path, mode);
  return {
    server,
    port: 0,
    url: `http+unix://${encodeURIComponent(path)}/`,
    environ: { serverName: "localhost", serverPort: 80, urlScheme: "http" },
  };
}
