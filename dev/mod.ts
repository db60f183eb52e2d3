/**
 * The development server: it checks every request, shows errors with their
 * source, and restarts the application when one of its files is saved.
 *
 * ```ts
 * import { devServer } from "@wsgi/ref/dev";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = devServer({ module: "", port: 0, log: "off" });
 * const response = await fetch(server.url);
 * assertEquals(response.status, 200);
 * await response.body?.cancel();
 * ```
 *
 * @module
 */

export type { LogForm } from "../cli/arguments.ts";
export type { DevServerOptions } from "./dev_options.ts";
export { devServer } from "./dev_server.ts";
export type { DevServer } from "./development_server.ts";
