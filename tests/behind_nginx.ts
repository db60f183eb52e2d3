/** A server with an nginx in front, as the example has it. */

import { once } from "node:events";
import { connect } from "node:net";
import type { Application } from "../wsgi/types.ts";
import { proxyHeaders } from "../middleware/proxy_headers.ts";
import { serve, type Serving } from "./server/serving.ts";
import { type Edits, Nginx } from "./nginx.ts";
import { RawHead, within } from "./raw_client.ts";

/** The middleware as the comment in the configuration has it. */
const behind = proxyHeaders({ trusted: ["127.0.0.1"], host: 1 });

/** A server behind nginx. */
export interface Proxied extends AsyncDisposable {
  readonly serving: Serving;
  readonly proxy: Nginx;
  readonly port: number;
}

/** Makes a server, and an nginx in front of it. */
export async function serveBehind(
  app: Application,
  edits: Edits = [],
): Promise<Proxied> {
  const serving = serve(behind(app));
  try {
    const proxy = await Nginx.start(serving, edits);
    return {
      serving,
      proxy,
      port: proxy.port,
      async [Symbol.asyncDispose](): Promise<void> {
        await proxy[Symbol.asyncDispose]();
        await serving[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await serving[Symbol.asyncDispose]();
    throw error;
  }
}

/** Asks from an address of its own, so that it is not taken for the proxy. */
export async function askFrom(
  localAddress: string,
  port: number,
  lines: readonly string[],
): Promise<{ head: RawHead; body: string }> {
  const socket = connect({ host: "127.0.0.1", port, localAddress });
  let text = "";
  socket.setEncoding("latin1").on("data", (data) => text += data);
  try {
    socket.write([...lines, "Connection: close", "\r\n"].join("\r\n"));
    await within(once(socket, "end"), "the end of the answer");
  } finally {
    socket.destroy();
  }
  const end = text.indexOf("\r\n\r\n") + 4;
  return { head: new RawHead(text.slice(0, end)), body: text.slice(end) };
}
