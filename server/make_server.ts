/**
 * {@linkcode makeServer}: the reference server.
 *
 * @module
 */

import { checkApplication } from "../gateway/run_application.ts";
import type { Application, ErrorStream } from "../wsgi/types.ts";
import { AccessLog } from "./access_log.ts";
import { HttpProtocol } from "./http_protocol.ts";
import { checkAddress, toUrl } from "./listen.ts";
import { toUrlHost } from "../wsgi/ip_address.ts";
import type { ServerAddress } from "./listener.ts";
import { openListener } from "./open_listener.ts";
import { checkOptions } from "./options.ts";
import type { ServerOptions } from "./types.ts";
import { SocketServer } from "./socket_server.ts";
import { httpTimeouts } from "./socket_server_options.ts";
import type { WsgiServer } from "./types.ts";

export type { ServerOptions, WsgiServer };

/**
 * Creates a server for an application. It listens immediately; requests wait
 * for `serveForever()` or `handleRequest()`.
 *
 * Python's `wsgiref.simple_server.make_server`.
 *
 * @param hostname The host name or IP address to listen on: `"127.0.0.1"` for this
 * machine only, `"0.0.0.0"` for all interfaces.
 * @param port The port, from 0 to 65535; 0 for any free port.
 * @param app The application.
 * @param options Further options.
 * @returns The listening server.
 * @throws {TypeError} If the hostname is not a string, the application not a
 * function, or an option has the wrong type.
 * @throws {RangeError} If the port or the number in an option is out of range.
 * @throws {Deno.errors.AddrInUse} If the port or the socket is in use.
 * @throws {Deno.errors.NotCapable} If the program lacks the permission.
 *
 * @example Usage
 * ```ts
 * import { type Application, makeServer } from "@wsgi/ref";
 * import { assertEquals } from "@std/assert";
 *
 * const app: Application = (_environ, startResponse) => {
 *   startResponse("200 OK", [["Content-Type", "text/plain"]]);
 *   return [new TextEncoder().encode("Hello world!\n")];
 * };
 *
 * await using server = makeServer("127.0.0.1", 0, app, { log: false });
 * server.serveForever();
 * const response = await fetch(server.url);
 * assertEquals(await response.text(), "Hello world!\n");
 * ```
 */
export function makeServer(
  hostname: string,
  port: number,
  app: Application,
  options: ServerOptions = {},
): WsgiServer {
  return makeHttpServer(hostname, port, app, options);
}

/** The parts that another server of this package replaces. */
export interface HttpServerParts {
  /** Creates the protocol. */
  readonly createProtocol: (
    address: ServerAddress,
    options: ServerOptions,
  ) => HttpProtocol;
  /** Replaces the access log, and the option `log`. */
  readonly log: AccessLog;
}

/**
 * Creates a server as {@linkcode makeServer} does, from other parts.
 *
 * @param hostname The host name or IP address to listen on.
 * @param port The port, from 0 to 65535.
 * @param app The application.
 * @param options Further options.
 * @param parts The parts to replace.
 * @returns The listening server.
 * @throws {TypeError} If an argument has the wrong type.
 * @throws {RangeError} If a number is out of range.
 */
export function makeHttpServer(
  hostname: string,
  port: number,
  app: Application,
  options: ServerOptions,
  parts?: HttpServerParts,
): WsgiServer {
  checkAddress({ hostname, port, path: options.path });
  checkApplication(app);
  checkOptions(options);
  const { cert, environ, log = true, onError, path } = options;
  const listener = openListener({ ...options, hostname, port });
  const scheme = cert === undefined ? "http" : "https";
  const address = path === undefined
    ? { serverName: toUrlHost(hostname), serverPort: String(listener.port) }
    : { serverName: "localhost", serverPort: "80" };
  return new SocketServer({
    ...options,
    app,
    hostname,
    listener,
    protocol: parts?.createProtocol(address, options) ??
      new HttpProtocol(address, options),
    url: toUrl(scheme, { hostname, port: listener.port, path }),
    errors: environ?.["wsgi.errors"] as ErrorStream | undefined,
    run: { onError },
    log: parts?.log ??
      (log === false
        ? undefined
        : new AccessLog(log === true ? undefined : log)),
    ...httpTimeouts(options),
  });
}
