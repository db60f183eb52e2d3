import type { RunningServer } from "../../../conformance/server_under_test.ts";
import { denoServeDeviations } from "../../../conformance/mod.ts";
import { toFetchHandler } from "../../../gateway/fetch/fetch.ts";
import type { ServerPart } from "../part.ts";

/** `Deno.serve()` with `toFetchHandler()`. */
export const denoServeFetch: ServerPart = {
  name: "Deno.serve, toFetchHandler()",
  missing: () => Promise.resolve(undefined),
  versions: () => Promise.resolve({ deno: Deno.version.deno }),
  start(app): RunningServer {
    const server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      toFetchHandler(app),
    );
    return {
      hostname: "127.0.0.1",
      port: server.addr.port,
      deviations: denoServeDeviations,
      stop: () => server.shutdown(),
    };
  },
};
