/** nginx for a test, with the configuration of the examples. */

import { once } from "node:events";
import { connect } from "node:net";
import { RawHead } from "../conformance/raw_response.ts";
import { proxyHeaders } from "../middleware/proxy_headers.ts";
import {
  type Edits,
  findProgram,
  freePort,
  makeFolder,
  readExample,
  ServerProcess,
} from "../tools/matrix/server_process.ts";
import type { Application } from "../wsgi/types.ts";
import { within } from "./raw_client.ts";
import { serve } from "./server/serving.ts";
import { testsWith } from "./tool.ts";

/** The path of the program; `undefined` if it is not installed. */
export const nginx: string | undefined = findProgram("nginx");

/** Registers a test that needs nginx. */
export function test(name: string, fn: () => Promise<void>): void {
  const missing = nginx === undefined
    ? " (ignored: nginx is not installed)"
    : "";
  testsWith(missing)(`nginx ${name}`, fn);
}

/** Starts nginx in front of a server. */
export async function startNginx(
  upstream: { readonly port: number },
  edits: Edits = [],
  tlsPort: number = freePort(),
): Promise<ServerProcess> {
  const port = freePort();
  const name = "nginx_proxy.conf";
  const config = await readExample(name, [
    ...edits,
    ["127.0.0.1:8080", `127.0.0.1:${port}`],
    ["127.0.0.1:8443", `127.0.0.1:${tlsPort}`],
    ["127.0.0.1:8000", `127.0.0.1:${upstream.port}`],
    // It then reports when it is ready.
    ["error_log stderr warn;", "error_log stderr notice;"],
  ]);
  const folder = await makeFolder({ [name]: config });
  return await ServerProcess.start({
    program: nginx ?? "nginx",
    args: ["-e", "stderr", "-p", folder, "-c", `${folder}/${name}`],
    folder,
    // Its sockets are open before its workers start.
    ready: /start worker process/,
    port,
  });
}

/** A server behind nginx, on a port. */
export interface Proxied extends AsyncDisposable {
  readonly port: number;
}

/** Creates a server with the middleware of the example, behind nginx. */
export async function serveBehind(
  app: Application,
  edits: Edits = [],
  tlsPort?: number,
): Promise<Proxied> {
  const behind = proxyHeaders({ trusted: ["127.0.0.1"], host: 1 });
  await using stack = new AsyncDisposableStack();
  const serving = stack.use(serve(behind(app)));
  const { port } = stack.use(await startNginx(serving, edits, tlsPort));
  const both = stack.move();
  return { port, [Symbol.asyncDispose]: () => both.disposeAsync() };
}

/** Sends a request from another address than that of the proxy. */
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
    await within(once(socket, "end"), "the end of the response");
  } finally {
    socket.destroy();
  }
  const end = text.indexOf("\r\n\r\n") + 4;
  return { head: new RawHead(text.slice(0, end)), body: text.slice(end) };
}
