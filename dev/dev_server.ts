/**
 * {@linkcode devServer}: the development server as a function.
 *
 * @module
 */

import { checkDevOptions, type DevServerOptions } from "./dev_options.ts";
import { DevelopmentServer, type DevServer } from "./development_server.ts";
import { inspector } from "./inspector/inspector.ts";

/**
 * Serves an application for its author. The server listens and answers requests
 * as soon as this function returns; requests that come before the application is
 * loaded wait for it.
 *
 * The application runs in a worker of its own, under the validator. It is started
 * again when its module, a module that it imports, or a file that it has read is
 * saved. Where it cannot be loaded, ends, or is blocked, requests are answered
 * with a page that shows why and reloads itself when the application runs again.
 * What the application holds in memory is lost at each start.
 *
 * The inspector at `/__wsgi__/` shows the last requests. It answers only this
 * machine under its own names, and the names in `allowHosts`.
 *
 * The program needs the permissions `--allow-net` and `--allow-read`, and those
 * that the application needs.
 *
 * @param options The module, where to listen, and what else to set.
 * @returns The server, serving. Its `finished` resolves after `shutdown()`.
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
