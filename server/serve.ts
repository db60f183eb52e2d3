/**
 * {@linkcode serve}: creates and starts a server.
 *
 * @module
 */

import type { Application } from "../wsgi/types.ts";
import { makeServer } from "./make_server.ts";
import type { ServerOptions, WsgiServer } from "./types.ts";

/** Options of {@linkcode serve}. */
export interface ServeOptions extends ServerOptions {
  /**
   * The hostname or IP address to listen on: `"127.0.0.1"` for this machine
   * only, `"0.0.0.0"` for all interfaces.
   *
   * @default {"127.0.0.1"}
   */
  hostname?: string | undefined;
  /**
   * The port, from 0 to 65535; 0 for any free port.
   *
   * @default {8000}
   */
  port?: number | undefined;
}

/**
 * Serves an application, as `Deno.serve()` does with a fetch handler. The server
 * handles requests as soon as this function returns.
 *
 * It is `makeServer()` followed by `serveForever()`.
 *
 * PEP 3333, "The Server/Gateway Side".
 *
 * @param app The application.
 * @param options The address, and further options.
 * @returns The running server. Its `finished` resolves after `shutdown()`.
 * @throws {TypeError} If the application is not a function, or an option has
 * the wrong type.
 * @throws {RangeError} If the port or the number in an option is out of range.
 * @throws {Deno.errors.AddrInUse} If the port or the socket is in use.
 * @throws {Deno.errors.NotCapable} If the program lacks the permission.
 *
 * @example Usage
 * ```ts
 * import { type Application, serve } from "@wsgi/ref";
 * import { assertEquals } from "@std/assert";
 *
 * const app: Application = (_environ, startResponse) => {
 *   startResponse("200 OK", [["Content-Type", "text/plain"]]);
 *   return [new TextEncoder().encode("Hello world!\n")];
 * };
 *
 * await using server = serve(app, { port: 0, log: false });
 * const response = await fetch(server.url);
 * assertEquals(await response.text(), "Hello world!\n");
 * ```
 */
export function serve(
  app: Application,
  options: ServeOptions = {},
): WsgiServer {
  const { hostname = "127.0.0.1", port = 8000, ...others } = options;
  const server = makeServer(hostname, port, app, others);
  server.serveForever();
  return server;
}
