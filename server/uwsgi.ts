/**
 * Serves a WSGI application over the uwsgi protocol, behind a web server:
 * `uwsgi_pass` of nginx, `mod_proxy_uwsgi` of Apache, `mod_scgi` of lighttpd.
 *
 * ```ts ignore
 * // deno run --allow-net app.ts
 * import { serveUwsgi } from "@wsgi/ref/uwsgi";
 * import { demoApp } from "@wsgi/ref";
 *
 * await serveUwsgi(demoApp, { port: 3031 }).finished;
 * ```
 *
 * @module
 */

import type { BackendOptions, WsgiServer } from "./types.ts";
import { serveBackend } from "./backend_protocol.ts";
import type { Application } from "../wsgi/types.ts";
import { parseUwsgiBlock } from "../gateway/backend/header_block.ts";

export type { BackendOptions, WsgiServer };

/**
 * Serves an application over the uwsgi protocol. The server starts immediately.
 *
 * The notes of `serveScgi()` about the web server also apply here. The response
 * begins with a line `HTTP/1.1 200 OK`, because Apache expects it.
 *
 * The uwsgi protocol, 0.1: requests with `modifier1` 0.
 *
 * @param app The application.
 * @param options The address, and further options.
 * @returns The running server.
 * @throws {TypeError} If `app` is not a function, or an option has the wrong
 * type.
 * @throws {RangeError} If the number in an option is out of range.
 * @throws {Deno.errors.AddrInUse} If the port or the socket is in use.
 * @throws {Deno.errors.NotCapable} If the program lacks the permission.
 *
 * @example Usage
 * ```ts
 * import { serveUwsgi } from "@wsgi/ref/uwsgi";
 * import { demoApp } from "@wsgi/ref";
 * import { assertMatch } from "@std/assert";
 *
 * await using server = serveUwsgi(demoApp);
 * using connection = await Deno.connect({ port: server.port });
 * const variables = "\x0e\0REQUEST_METHOD\x03\0GET";
 * await connection.write(
 *   new TextEncoder().encode(`\0${String.fromCharCode(21)}\0\0${variables}`),
 * );
 * const response = await new Response(connection.readable).text();
 * assertMatch(response, /^HTTP\/1\.1 200 OK\r\n/);
 * ```
 */
export function serveUwsgi(
  app: Application,
  options: BackendOptions = {},
): WsgiServer {
  return serveBackend(
    {
      name: "uwsgi",
      params: "uwsgi_params",
      statusPrefix: "HTTP/1.1",
      parseBlock: parseUwsgiBlock,
    },
    app,
    options,
  );
}
