/**
 * {@linkcode makeServer}: the reference server.
 *
 * @module
 */

import { checkApplication } from "../gateway/run_application.ts";
import type { Application } from "../wsgi/types.ts";
import { HttpServer } from "./http_server.ts";
import { checkAddress } from "./listen.ts";
import { checkOptions, type ServerOptions } from "./options.ts";
import type { WsgiServer } from "./wsgi_server.ts";

export type { ServerOptions, WsgiServer };

/**
 * Makes a server for an application. It listens at once; requests wait until
 * `serveForever()` or `handleRequest()` takes them.
 *
 * Python's `wsgiref.simple_server.make_server`.
 *
 * @param hostname The host name or IP address to listen on: `"127.0.0.1"` for this
 * machine only, `"0.0.0.0"` for all interfaces.
 * @param port The port, from 0 to 65535; 0 for any that is free.
 * @param app The application.
 * @param options What else to set.
 * @returns The server, listening.
 * @throws {TypeError} If the hostname is not a string, the application not a
 * function, or an option has the wrong type.
 * @throws {RangeError} If the port or the number in an option is out of range.
 * @throws {Deno.errors.AddrInUse} If the port or the socket is in use.
 * @throws {Deno.errors.NotCapable} If the program may not listen there.
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
  checkAddress({ hostname, port, path: options.path });
  checkApplication(app);
  checkOptions(options);
  return new HttpServer(hostname, port, app, options);
}
