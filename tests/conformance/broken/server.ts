/**
 * Servers with one mistake each: ours, with a layer between it and the
 * application that makes the mistake.
 */

import { StderrStream } from "../../../wsgi/error_stream.ts";
import type { RunningServer } from "../../../conformance/mod.ts";
import type {
  Application,
  Environ,
  InputStream,
  ResponseBody,
  StartResponse,
} from "../../../mod.ts";
import { makeServer, type ServerOptions } from "../../../server.ts";

/** A server that is wrong in one way. */
export interface BrokenServer {
  /** Its mistake. */
  readonly name: string;
  /** Starts it. */
  readonly start: (app: Application) => RunningServer;
  /**
   * The cases that find it, as globs with spaces between them: each matches a
   * case that fails, and no other case fails.
   */
  readonly found: string;
  /** Instead of naming cases: the message of the validator in all that fail. */
  readonly rule?: string;
}

/** The text that applications write to wsgi.errors on purpose is not shown. */
const SILENT = new StderrStream(() => {});

/** Starts our server for an application. */
export function serve(app: Application): RunningServer {
  return serveWith(app, {});
}

/** Starts our server with options. */
export function serveWith(
  app: Application,
  options: ServerOptions,
): RunningServer {
  const server = makeServer("127.0.0.1", 0, app, {
    ...options,
    log: false,
    shutdownTimeout: 0,
    environ: { "wsgi.errors": SILENT },
  });
  server.serveForever();
  return {
    hostname: server.hostname,
    port: server.port,
    stop: () => server.shutdown(),
  };
}

/** Creates a server that calls applications in another way. */
export function call(
  name: string,
  wrong: (app: Application) => Application,
  found: string,
  rule?: string,
): BrokenServer {
  const start = (app: Application) => serve(wrong(app));
  return rule === undefined
    ? { name, start, found }
    : { name, start, found, rule };
}

/** Creates a server that changes the environ. */
export function environ(
  name: string,
  change: (environ: Environ) => void,
  found: string,
  rule?: string,
): BrokenServer {
  return call(
    name,
    (app) => (environ, startResponse) => {
      change(environ);
      return app(environ, startResponse);
    },
    found,
    rule,
  );
}

/** The same input as an object without a prototype of its own. */
export function plain(input: InputStream): InputStream {
  return {
    read: (size) => input.read(size),
    readline: (size) => input.readline(size),
    readlines: (hint) => input.readlines(hint),
    [Symbol.asyncIterator]: () => input[Symbol.asyncIterator](),
  };
}

/** Creates a server whose input has other methods. */
export function input(
  name: string,
  change: (input: InputStream) => Partial<InputStream>,
  found: string,
  rule?: string,
): BrokenServer {
  return environ(
    name,
    (environ) => {
      const right = environ["wsgi.input"];
      environ["wsgi.input"] = { ...plain(right), ...change(right) };
    },
    found,
    rule,
  );
}

/** Creates a server with another startResponse. */
export function start(
  name: string,
  change: (startResponse: StartResponse, environ: Environ) => StartResponse,
  found: string,
): BrokenServer {
  return call(
    name,
    (app) => (environ, startResponse) =>
      app(environ, change(startResponse, environ)),
    found,
  );
}

/** Creates a server that handles bodies in another way. */
export function body(
  name: string,
  change: (body: ResponseBody, environ: Environ) => ResponseBody,
  found: string,
  rule?: string,
): BrokenServer {
  return call(
    name,
    (app) => (environ, startResponse) => {
      const result = app(environ, startResponse);
      return result instanceof Promise
        ? result.then((body) => change(body, environ))
        : change(result, environ);
    },
    found,
    rule,
  );
}

/** Passes an array on as another one with the same close(). */
export function copy(
  body: ResponseBody & unknown[],
  chunks: readonly unknown[],
  close: (close: (() => unknown) | undefined) => unknown = (go) => go?.(),
): ResponseBody {
  const end = body.close?.bind(body);
  const copied = [...chunks] as Uint8Array[];
  return Object.assign(copied, { close: () => close(end) as void });
}

/** Passes a body on unchanged, except for the given methods. */
export function like(
  body: ResponseBody,
  changes: {
    next?: (next: () => unknown) => unknown;
    end?: (end: (() => unknown) | undefined) => unknown;
    close?: (close: (() => unknown) | undefined) => unknown;
  },
): ResponseBody {
  if (typeof body !== "object" || body === null) return body;
  const key = Symbol.asyncIterator in body
    ? Symbol.asyncIterator
    : Symbol.iterator;
  if (!(key in body)) return body;
  const source = body as AsyncIterable<Uint8Array, void>;
  const { next = (go) => go(), end = (go) => go?.() } = changes;
  const { close = (go) => go?.() } = changes;
  return {
    [key]: () => {
      const iterator = source[key as typeof Symbol.asyncIterator]();
      const stop = iterator.return?.bind(iterator);
      return {
        next: () => next(() => iterator.next()),
        return: () => end(stop) ?? { done: true, value: undefined },
      };
    },
    close: () => close(body.close?.bind(body)),
  } as unknown as ResponseBody;
}
