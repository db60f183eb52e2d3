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

import type { BackendOptions } from "./options.ts";
import type { WsgiServer } from "./wsgi_server.ts";
import { serveBackend } from "./backend_protocol.ts";
import type { Application } from "../wsgi/types.ts";
import { parseUwsgiBlock } from "../gateway/backend/header_block.ts";

export type { BackendOptions, WsgiServer };

/**
 * Serves an application over the uwsgi protocol. It serves at once.
 *
 * What `serveScgi()` documents about the web server is true here, too. The response
 * begins with a line `HTTP/1.1 200 OK`, which is the form that Apache wants.
 *
 * The uwsgi protocol, 0.1: requests with `modifier1` 0.
 *
 * @param app The application.
 * @param options Where to listen, and what else to set.
 * @returns The server, serving.
 * @throws {TypeError} If `app` is not a function, or an option has the wrong
 * type.
 * @throws {RangeError} If the number in an option is out of range.
 * @throws {Deno.errors.AddrInUse} If the port or the socket is in use.
 * @throws {Deno.errors.NotCapable} If the program may not listen there.
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
