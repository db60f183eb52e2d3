/**
 * Shows how to check whether your own server follows the specification:
 *
 *     deno run -A conformance/main.ts server examples/check_server.ts
 *
 * @module
 */

import type { StartServer } from "../conformance/mod.ts";
import { makeServer } from "../mod.ts";

/**
 * Starts the server under test. Replace `makeServer()` with your own server.
 */
export const start: StartServer = (app) => {
  const server = makeServer("127.0.0.1", 0, app, { log: false });
  server.serveForever();
  return {
    hostname: server.hostname,
    port: server.port,
    stop: () => server.shutdown(),
  };
};
