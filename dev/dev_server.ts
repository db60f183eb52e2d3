/**
 * {@linkcode devServer}: the development server as a function.
 *
 * @module
 */

import { checkDevOptions, type DevServerOptions } from "./dev_options.ts";
import { DevelopmentServer, type DevServer } from "./development_server.ts";
import { inspector } from "./inspector/inspector.ts";

/**
 * Serves an application for development. The server accepts requests as soon as
 * this function returns; they wait until the application is loaded.
 *
 * The application runs in a worker, wrapped in the validator. It is restarted
 * when its module, a module that it imports, or a file that it has read is saved.
 * A restart discards what the application held in memory. If the application
 * cannot be loaded, has stopped, or blocks its thread, requests are answered with
 * a page that shows the reason, and that reloads itself when the application runs
 * again.
 *
 * The inspector at `/__wsgi__/` shows the most recent requests. It is shown on
 * this machine only, unless `allowHosts` allows other host names.
 *
 * The program needs the permissions `--allow-net` and `--allow-read`, and those
 * of the application.
 *
 * @param options The module, the address, and further settings.
 * @returns The running server. Its `finished` resolves after `shutdown()`.
 * @throws {TypeError} If an option has the wrong type.
 * @throws {RangeError} If a number in an option is out of range.
 * @throws {Deno.errors.AddrInUse} If the port or the socket is in use.
 * @throws {Deno.errors.NotCapable} If the program may not listen there.
 *
 * @example Usage
 * ```ts
 * import { devServer } from "@wsgi/ref/dev";
 * import { assertMatch } from "@std/assert";
 *
 * await using server = devServer({ module: "", port: 0, log: "off" });
 * assertMatch(server.inspectorUrl ?? "", /\/__wsgi__\/$/);
 * ```
 */
export function devServer(options: DevServerOptions): DevServer {
  checkDevOptions(options);
  return new DevelopmentServer(options, inspector);
}
