import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { toNodeListener } from "../../../gateway/node/node.ts";
import { NODE_DEVIATIONS } from "../node_deviations.ts";
import type { ServerPart } from "../part.ts";

/** Deno's own `node:http` with `toNodeListener()`, in this process. */
export const nodeDeno: ServerPart = {
  name: "node:http of Deno, toNodeListener()",
  missing: () => Promise.resolve(undefined),
  versions: () => Promise.resolve({ deno: Deno.version.deno }),
  start: async (app) => {
    const server = createServer(toNodeListener(app)).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    return {
      hostname: "127.0.0.1",
      port,
      deviations: NODE_DEVIATIONS,
      stop: async () => {
        const closed = once(server, "close");
        server.close();
        server.closeAllConnections();
        await closed;
      },
    };
  },
};
