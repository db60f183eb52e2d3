/**
 * The reference server, as a module and as a program.
 *
 * ```sh
 * deno run --allow-net server.ts [PORT]
 * ```
 *
 * serves the demo application, checked by the validator, on 127.0.0.1. SIGINT
 * and SIGTERM let running responses end; a second one ends the program at once.
 *
 * ```ts
 * import { demoApp, makeServer } from "@wsgi/ref/server";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = makeServer("127.0.0.1", 0, demoApp, { log: false });
 * server.serveForever();
 * const response = await fetch(server.url);
 * assertEquals(response.status, 200);
 * await response.body?.cancel();
 * ```
 *
 * @module
 */

import { demoApp } from "./gateway/demo_app.ts";
import { onEndSignal } from "./gateway/end_signal.ts";
import { makeServer } from "./gateway/make_server.ts";
import { validator } from "./rules/validator.ts";

export { demoApp } from "./gateway/demo_app.ts";
export {
  makeServer,
  type ServerOptions,
  type WsgiServer,
} from "./gateway/make_server.ts";
export type {
  Application,
  Environ,
  ErrorStream,
  HeaderTuple,
  InputStream,
  Middleware,
  ResponseBody,
  StartResponse,
  Write,
} from "./gateway/types.ts";

const HOST = "127.0.0.1";
const PORT = "8000";
const USAGE = "usage: deno run --allow-net server.ts [PORT]";

/** Ends the program with one line and a hint: a stack would say nothing more. */
function fail(message: string, hint: string): never {
  // deno-lint-ignore no-console -- a program's error output
  console.error(`error: ${message}\nhint: ${hint}`);
  Deno.exit(1);
}

function hintFor(error: Error, port: string): string {
  if (error instanceof Deno.errors.AddrInUse) {
    return `take another port: server.ts ${Number(port) + 1}, or 0 for any`;
  }
  if (error instanceof Deno.errors.NotCapable) {
    return `deno run --allow-net=${HOST}:${port} server.ts`;
  }
  return USAGE;
}

async function main([port = PORT, ...more]: string[]): Promise<void> {
  if (more.length > 0) fail(`unexpected argument ${more[0]}`, USAGE);
  if (!/^[0-9]{1,5}$/.test(port)) fail(`no such port: ${port}`, USAGE);
  let server;
  try {
    server = makeServer(HOST, Number(port), validator(demoApp));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    fail(error.message, hintFor(error, port));
  }
  onEndSignal(() => void server.shutdown());
  // deno-lint-ignore no-console -- a program's output
  console.log(
    `Serving the demo application, validated, on ${server.url} (Ctrl+C ends it)`,
  );
  await server.serveForever();
  Deno.exit();
}

if (import.meta.main) await main(Deno.args);
