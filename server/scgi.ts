/**
 * Serves a WSGI application over SCGI, behind a web server: `scgi_pass` of
 * nginx, `mod_scgi` of lighttpd, `mod_proxy_scgi` of Apache.
 *
 * ```ts ignore
 * // deno run --allow-net app.ts
 * import { serveScgi } from "@wsgi/ref/scgi";
 * import { demoApp } from "@wsgi/ref";
 *
 * await serveScgi(demoApp, { port: 4000 }).finished;
 * ```
 *
 * @module
 */

import type { BackendOptions, WsgiServer } from "./types.ts";
import { serveBackend } from "./backend_protocol.ts";
import { parseScgiBlock } from "../gateway/backend/header_block.ts";
import type { Application } from "../wsgi/types.ts";

export type { BackendOptions, WsgiServer };

/**
 * Serves an application over SCGI. The server starts immediately.
 *
 * The variables are those that the web server sends; nginx sends only those in
 * its configuration (`include scgi_params;`). That file has no `PATH_INFO`; it
 * is derived from `DOCUMENT_URI`, or else from `REQUEST_URI`, without
 * `SCRIPT_NAME`. A request without `REQUEST_METHOD` gets 500.
 *
 * The response begins with a line `Status: 200 OK`; a header named `Status` is
 * dropped. The unread part of a request body is read after the response, up to 64
 * MiB; otherwise the web server might lose the response. If the connection
 * closes before the end of the response, the client has left. The web server may
 * buffer requests and responses, for example in files.
 *
 * A connection that does not begin with a header block of up to 65535 bytes is
 * closed, with a line on stderr. A connection can claim anything about a client,
 * so allow only the web server to connect.
 *
 * Over SCGI, the web server can only detect an incomplete response if it has a
 * Content-Length.
 *
 * The SCGI protocol, 2008-06-23.
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
 * import { serveScgi } from "@wsgi/ref/scgi";
 * import { demoApp } from "@wsgi/ref";
 * import { assertMatch } from "@std/assert";
 *
 * await using server = serveScgi(demoApp);
 * using connection = await Deno.connect({ port: server.port });
 * const variables = "CONTENT_LENGTH\x000\0SCGI\x001\0REQUEST_METHOD\0GET\0";
 * await connection.write(
 *   new TextEncoder().encode(`${variables.length}:${variables},`),
 * );
 * const response = await new Response(connection.readable).text();
 * assertMatch(response, /^Status: 200 OK\r\n/);
 * ```
 */
export function serveScgi(
  app: Application,
  options: BackendOptions = {},
): WsgiServer {
  return serveBackend(
    {
      name: "SCGI",
      params: "scgi_params",
      statusPrefix: "Status:",
      parseBlock: parseScgiBlock,
    },
    app,
    options,
  );
}
