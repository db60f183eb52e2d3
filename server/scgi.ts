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

import type { BackendOptions } from "./options.ts";
import type { WsgiServer } from "./wsgi_server.ts";
import { serveBackend } from "./backend_protocol.ts";
import { parseScgiBlock } from "../gateway/backend/header_block.ts";
import type { Application } from "../wsgi/types.ts";

export type { BackendOptions, WsgiServer };

/**
 * Serves an application over SCGI. It serves at once.
 *
 * The variables are what the web server sends; nginx sends only what its
 * configuration tells it to (`include scgi_params;`). `PATH_INFO`, which that
 * leaves out, is taken from `DOCUMENT_URI`, or else from `REQUEST_URI`, less
 * `SCRIPT_NAME`. A request without `REQUEST_METHOD` is answered with 500.
 *
 * The response begins with a line `Status: 200 OK`; a header named `Status` is
 * dropped. The part of a request body that was not read is read at the end, up to
 * 64 MiB, or the web server would lose the response. A connection that closes
 * after the request and before the end of the response says that the client has
 * left. The web server may buffer either of
 * them, for example in files.
 *
 * A connection that does not begin with a header block of up to 65535 bytes is
 * closed, with a line on stderr. Everybody who can connect can say anything
 * about a client: let only the web server connect.
 *
 * Over SCGI, only a response with a Content-Length can be seen to be broken.
 *
 * The SCGI protocol, 2008-06-23.
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
