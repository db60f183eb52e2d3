import { StderrStream } from "../../wsgi/error_stream.ts";
import {
  makeServer,
  type ServerOptions,
  type WsgiServer,
} from "../../server/make_server.ts";
import type { Application } from "../../wsgi/types.ts";

/** A server on a free port of this machine, and what it has logged. */
export interface Serving extends AsyncDisposable {
  readonly server: WsgiServer;
  readonly port: number;
  /** What went to `wsgi.errors` so far. */
  readonly log: readonly string[];
}

/** Makes a server that waits to be told to serve. */
export function listen(app: Application, options: ServerOptions = {}): Serving {
  const log: string[] = [];
  const errors = new StderrStream((text) => void log.push(text));
  const server = makeServer("127.0.0.1", 0, app, {
    // A test that leaves a request behind shall fail, not wait.
    shutdownTimeout: 2000,
    log: false,
    ...options,
    environ: { "wsgi.errors": errors, ...options.environ },
  });
  return {
    server,
    port: server.port,
    log,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** Makes a server that serves until it is disposed of. */
export function serve(app: Application, options: ServerOptions = {}): Serving {
  const serving = listen(app, options);
  serving.server.serveForever();
  return serving;
}

/** A request without a body. */
export function get(target = "/"): string {
  return `GET ${target} HTTP/1.1\r\nHost: h\r\n\r\n`;
}
