/**
 * An application over SCGI or uwsgi with a real web server in front, configured
 * as in `examples/deploy/`.
 *
 * @module
 */

import type { BackendOptions, WsgiServer } from "../../server/scgi.ts";
import { serveScgi } from "../../server/scgi.ts";
import type { Application } from "../../wsgi/types.ts";
import { serveUwsgi } from "../../server/uwsgi.ts";
import {
  type Edits,
  findProgram,
  freePort,
  makeFolder,
  readExample,
  ServerProcess,
} from "./server_process.ts";
export type { Edits } from "./server_process.ts";

/** The protocol of a backend. */
export type Protocol = "scgi" | "uwsgi";

/** The connection between a web server and a backend. */
export type Way = "tcp" | "unix";

/** A web server that can run in front of a backend. */
export interface Front {
  /** The name of the program. */
  readonly program: string;
  /** The start of the name of its configuration in `examples/deploy/`. */
  readonly config: string;
  /** Its arguments in the foreground, for a folder and a file in it. */
  readonly args: (folder: string, file: string) => readonly string[];
  /** The text that it writes when it is ready. */
  readonly ready: RegExp;
  /** The edits that make it write this text. */
  readonly edits: Edits;
  /** The address of a backend in its configuration, and its replacement. */
  readonly address: (
    protocol: Protocol,
    backend: { readonly port: number; readonly path: string | undefined },
  ) => readonly [from: string, to: string];
}

/** The ports in the examples. */
const PORTS: Readonly<Record<Protocol, number>> = { scgi: 4000, uwsgi: 3031 };

/** Nginx, `scgi_pass` and `uwsgi_pass`. */
export const nginx: Front = {
  program: "nginx",
  config: "nginx",
  args: (folder, file) => ["-e", "stderr", "-p", folder, "-c", file],
  ready: /start worker process/,
  edits: [["error_log stderr warn;", "error_log stderr notice;"]],
  address: (protocol, { port, path }) => [
    `${protocol}_pass 127.0.0.1:${PORTS[protocol]};`,
    `${protocol}_pass ${path ? `unix:${path}` : `127.0.0.1:${port}`};`,
  ],
};

/** lighttpd, mod_scgi. */
export const lighttpd: Front = {
  program: "lighttpd",
  config: "lighttpd",
  args: (_folder, file) => ["-D", "-f", file],
  ready: /server started/,
  edits: [],
  address: (protocol, { port, path }) => [
    `"host" => "127.0.0.1",\n  "port" => ${PORTS[protocol]}`,
    path ? `"socket" => "${path}"` : `"host" => "127.0.0.1", "port" => ${port}`,
  ],
};

/** Apache, mod_proxy_scgi and mod_proxy_uwsgi. */
export const apache: Front = {
  program: "apache2",
  config: "apache",
  args: (folder, file) => ["-D", "FOREGROUND", "-d", folder, "-f", file],
  ready: /resuming normal operations/,
  edits: [],
  address: (protocol, { port, path }) => [
    `"${protocol}://127.0.0.1:${protocol === "uwsgi" ? 3032 : 4000}/"`,
    path
      ? `"unix:${path}|${protocol}://localhost/"`
      : `"${protocol}://127.0.0.1:${port}/"`,
  ],
};

/** A web server and its port on 127.0.0.1, and the backend behind it. */
export interface Fronted extends AsyncDisposable {
  readonly port: number;
  readonly front: ServerProcess;
  readonly backend: WsgiServer;
}

/**
 * The transport (`"tcp"` by default), edits of the example, options of the
 * gateway.
 */
export interface FrontedOptions {
  readonly way?: Way;
  readonly edits?: Edits;
  readonly backend?: BackendOptions;
}

/** Serves an application over SCGI or uwsgi, behind a web server. */
export async function serveBehind(
  front: Front,
  protocol: Protocol,
  app: Application,
  { way = "tcp", edits = [], backend: options = {} }: FrontedOptions = {},
): Promise<Fronted> {
  const folder = await makeFolder({});
  const path = way === "unix" ? `${folder}/app.sock` : undefined;
  const serve = protocol === "scgi" ? serveScgi : serveUwsgi;
  const backend = serve(app, {
    shutdownTimeout: 2_000,
    ...options,
    // The web server may run as another user.
    ...path === undefined ? {} : { path, mode: 0o666 },
  });
  try {
    const port = freePort();
    const file = `${front.config}_${protocol}.conf`;
    const text = await readExample(file, [
      ...edits,
      ...front.edits,
      front.address(protocol, { port: backend.port, path }),
      ["8080", String(port)],
    ]);
    await Deno.writeTextFile(`${folder}/${file}`, text);
    const process = await ServerProcess.start({
      program: findProgram(front.program) ?? front.program,
      args: front.args(folder, `${folder}/${file}`),
      folder,
      ready: front.ready,
      port,
    });
    return {
      port,
      front: process,
      backend,
      async [Symbol.asyncDispose](): Promise<void> {
        await backend.shutdown();
        await process.stop();
      },
    };
  } catch (error) {
    await backend.shutdown();
    await Deno.remove(folder, { recursive: true }).catch(() => {});
    throw error;
  }
}
