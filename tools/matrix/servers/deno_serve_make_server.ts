import type { RunningServer } from "../../../conformance/server_under_test.ts";
import { denoServeDeviations } from "../../../conformance/mod.ts";
import { makeServer } from "../../../server/make_server.ts";
import type { ServerPart } from "../part.ts";

/** `makeServer()`. */
export const denoServeMakeServer: ServerPart = {
  name: "Deno.serve, makeServer()",
  missing: () => Promise.resolve(undefined),
  versions: () => Promise.resolve({ deno: Deno.version.deno }),
  start(app): RunningServer {
    const server = makeServer("127.0.0.1", 0, app, { log: false });
    server.serveForever();
    return {
      hostname: server.hostname,
      port: server.port,
      deviations: denoServeDeviations,
      stop: () => server.shutdown(),
    };
  },
};
