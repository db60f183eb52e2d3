/** Examples behind validators that forgive nothing. */

import { assertEquals } from "@std/assert";
import { StderrStream } from "../../wsgi/error_stream.ts";
import {
  type Application,
  type FetchHandlerOptions,
  makeServer,
  toFetchHandler,
  validator,
  type WsgiServer,
} from "../../mod.ts";

/** An application behind validators that forgive nothing. */
export interface Watched {
  app: Application;
  options: FetchHandlerOptions;
  /** What the validators have found, and what the server has logged. */
  complaints: string[];
  /** What the application has written to wsgi.errors. */
  log(): string;
  /** Asserts that nothing was found, and that nothing was left open. */
  assertClean(): void;
}

/** Lets `wrap` put a validator wherever it calls `check`. */
export function watch(wrap: (check: typeof validator) => Application): Watched {
  const complaints: string[] = [];
  const layers: ReturnType<typeof validator>[] = [];
  let log = "";
  const app = wrap((app, options) => {
    const layer = validator(app, {
      ...options,
      profile: "paranoid",
      // To answer HEAD as GET is right: the server drops the body.
      rules: { "body/head": "off" },
      onViolation: ({ rule, message }) =>
        void complaints.push(`${rule}: ${message}`),
    });
    layers.push(layer);
    return layer;
  });
  return {
    app,
    options: {
      environ: { "wsgi.errors": new StderrStream((text) => log += text) },
      onError: (error) => void complaints.push(`logged: ${error}`),
    },
    complaints,
    log: () => log,
    assertClean(): void {
      assertEquals(complaints, []);
      for (const layer of layers) layer.assertFinished();
    },
  };
}

/** Sends a request without a network. */
export function ask(
  { app, options }: Watched,
  init: RequestInit = {},
): Response | Promise<Response> {
  const request = new Request("http://127.0.0.1:8000/", init);
  return toFetchHandler(app, options)(request);
}

/** Serves over a socket, at a port that is free. */
export function serve({ app, options }: Watched): WsgiServer {
  const server = makeServer("127.0.0.1", 0, app, { log: false, ...options });
  server.serveForever();
  return server;
}

/** Replaces the timers of the whole program, for one test. */
export function replaceTimers(
  replacement: (run: () => void, original: typeof setTimeout) => unknown,
): Disposable {
  const { setTimeout } = globalThis;
  const replaced = (run: () => void): unknown => replacement(run, setTimeout);
  globalThis.setTimeout = replaced as typeof setTimeout;
  return {
    [Symbol.dispose](): void {
      globalThis.setTimeout = setTimeout;
    },
  };
}
