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
 * The response is the status as a line `Status: 200 OK`, the headers as they
 * were given, an empty line and the body. What else HTTP asks for, such as
 * `Date`, is added by the web server. A header named `Status` is dropped, since
 * to CGI it is the status.
 *
 * A request body that nobody has read is read and dropped at the end: Apache's
 * mod_cgid breaks the response otherwise. A web server that no longer reads is
 * no error; the body of the application is closed, quietly. Where the response
 * breaks off, CGI cannot report it to the web server; only one with a
 * Content-Length shows it.
 *
 * The process ends by itself when nothing is left to do. A timer that is still
 * pending would keep it, and the client, waiting; `Deno.exit()` after this
 * prevents that.
 *
 * Python's `wsgiref.handlers.CGIHandler` and, with `iisPathInfo`,
 * `IISCGIHandler`. RFC 3875.
 *
 * @param app The application.
 * @param options Where the request comes from and the response goes; each
 * defaults to what the process has. The environment takes `--allow-env`.
 * @returns A promise that resolves when all is written. Errors of the
 * application and of the request do not reject it: they are logged and
 * answered.
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
