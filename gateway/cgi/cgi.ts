/**
 * Runs a WSGI application as a CGI program (RFC 3875): one process for each
 * request, started by a web server such as Apache or lighttpd.
 *
 * ```ts ignore
 * #!/usr/bin/env -S deno run --allow-env
 * import { runCgi } from "@wsgi/ref/cgi";
 * import { demoApp } from "@wsgi/ref";
 *
 * await runCgi(demoApp);
 * ```
 *
 * @module
 */

import { type CgiOptions, CgiRequest } from "./cgi_request.ts";
import { readEnviron } from "./read_environ.ts";
import { checkApplication, type RunOptions } from "../run_application.ts";
import type { Application } from "../../wsgi/types.ts";

export { readEnviron };
export type { CgiOptions, RunOptions };

/**
 * Runs an application for the one request of a CGI program.
 *
 * The response is a status line `Status: 200 OK`, the headers as the
 * application set them, an empty line and the body. The web server adds the
 * other headers of HTTP, such as `Date`. A header named `Status` is dropped,
 * because CGI uses that name for the status.
 *
 * At the end, an unread request body is read and dropped; otherwise Apache's
 * mod_cgid breaks the response. If the web server stops reading, the body of
 * the application is closed, and no error is logged. CGI cannot report to the
 * web server that a response was cut off; it only shows if there is a
 * Content-Length.
 *
 * The process ends by itself when nothing is left to do. A pending timer keeps
 * the process running and the client waiting; to prevent that, call
 * `Deno.exit()` after `runCgi()`.
 *
 * Corresponds to Python's `wsgiref.handlers.CGIHandler` and, with
 * `iisPathInfo`, to `IISCGIHandler`. RFC 3875.
 *
 * @param app The application, called once.
 * @param options Where the request comes from and where the response goes. By
 * default, the environment and standard streams of the process are used;
 * reading the environment needs `--allow-env`.
 * @returns A promise that resolves when everything has been written. Errors of
 * the application and of the request do not reject it: they are logged, and an
 * error response is sent.
 * @throws {TypeError} If `app` is not a function, or an option is not valid.
 *
 * @example Run a request by hand
 * ```ts
 * import { runCgi } from "@wsgi/ref/cgi";
 * import type { Application } from "@wsgi/ref";
 * import { assertEquals } from "@std/assert";
 *
 * const app: Application = (_environ, startResponse) => {
 *   startResponse("200 OK", [["Content-Type", "text/plain"]]);
 *   return [new TextEncoder().encode("Hello world!\n")];
 * };
 *
 * const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
 * const output = new Response(readable).text();
 * await runCgi(app, {
 *   env: { REQUEST_METHOD: "GET", PATH_INFO: "/" },
 *   stdin: ReadableStream.from<Uint8Array>([]),
 *   stdout: writable,
 * });
 * assertEquals(
 *   await output,
 *   "Status: 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\nHello world!\n",
 * );
 * ```
 */
export async function runCgi(
  app: Application,
  options: CgiOptions = {},
): Promise<void> {
  checkApplication(app);
  await new CgiRequest(options).run(app);
}
