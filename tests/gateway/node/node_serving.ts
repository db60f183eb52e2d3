import { once } from "node:events";
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { StderrStream } from "../../../wsgi/error_stream.ts";
import {
  type NodeListenerOptions,
  toNodeListener,
} from "../../../gateway/node/node.ts";
import type { Application } from "../../../wsgi/types.ts";
import { within } from "../../raw_client.ts";

/** A server of `node:http` on a free port, and its log. */
export interface NodeServing extends AsyncDisposable {
  readonly server: Server;
  readonly port: number;
  /** The texts written to `wsgi.errors`. */
  readonly log: readonly string[];
}

/** Middleware that runs before the listener. */
export type Before = (
  request: IncomingMessage,
  response: ServerResponse,
) => void | Promise<void>;

/** Starts a server that runs until it is disposed of. */
export async function serveNode(
  app: Application,
  options: NodeListenerOptions = {},
  settings: ServerOptions = {},
  before?: Before,
): Promise<NodeServing> {
  const log: string[] = [];
  const errors = new StderrStream((text) => void log.push(text));
  const listener = toNodeListener(app, {
    ...options,
    environ: { "wsgi.errors": errors, ...options.environ },
  });
  const server = createServer(settings, async (request, response) => {
    if (before !== undefined) await before(request, response);
    listener(request, response);
  }).listen(0, "127.0.0.1");
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
