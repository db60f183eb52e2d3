import { once } from "node:events";
import { createServer, type Server, type ServerOptions } from "node:http";
import type { AddressInfo } from "node:net";
import { StderrStream } from "../../../wsgi/error_stream.ts";
import {
  type NodeListenerOptions,
  toNodeListener,
} from "../../../gateway/node/node.ts";
import type { Application } from "../../../wsgi/types.ts";
import { within } from "../../raw_client.ts";

/** A server of `node:http` on a free port, and what it has logged. */
export interface NodeServing extends AsyncDisposable {
  readonly server: Server;
  readonly port: number;
  /** What went to `wsgi.errors` so far. */
  readonly log: readonly string[];
}

/** Makes a server that serves until it is disposed of. */
export async function serveNode(
  app: Application,
  options: NodeListenerOptions = {},
  settings: ServerOptions = {},
): Promise<NodeServing> {
  const log: string[] = [];
  const errors = new StderrStream((text) => void log.push(text));
  const listener = toNodeListener(app, {
    ...options,
    environ: { "wsgi.errors": errors, ...options.environ },
  });
  const server = createServer(settings, listener).listen(0, "127.0.0.1");
  await within(once(server, "listening"), "the server to listen");
  return {
    server,
    port: (server.address() as AddressInfo).port,
    log,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await within(closed, "the server to close");
    },
  };
}
