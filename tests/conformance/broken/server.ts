/**
 * Servers with one mistake each: ours, with a layer between it and the
 * application that makes the mistake.
 */

import { StderrStream } from "../../../wsgi/error_stream.ts";
import { denoServeDeviations } from "../../../conformance/mod.ts";
import type { RunningServer } from "../../../conformance/mod.ts";
import type { Application, Environ } from "../../../mod.ts";
import type { InputStream, ResponseBody } from "../../../mod.ts";
import { type StartResponse, toFetchHandler } from "../../../mod.ts";
import type { ServerOptions } from "../../../server.ts";
import { serve as serving } from "../../server/serving.ts";

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
  readonly rule?: string | undefined;
}

/** The text that applications write to wsgi.errors on purpose is not shown. */
const ENVIRON = { "wsgi.errors": new StderrStream(() => {}) };

/** Starts our server for an application. */
export function serve(app: Application): RunningServer {
  return serveWith(app, {});
}

/** Starts our server with options. */
export function serveWith(
  app: Application,
  options: ServerOptions,
): RunningServer {
  const { server, port } = serving(app, { ...options, shutdownTimeout: 0 });
  return { hostname: "127.0.0.1", port, stop: () => server.shutdown() };
}

/** A handler of `Deno.serve()`. */
export type Handler = Deno.ServeHandler<Deno.NetAddr>;

/** Starts `Deno.serve()` for an application, with another handler. */
export function denoServe(
  app: Application,
  wrong: (right: Handler) => Handler = (right) => right,
): RunningServer {
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: () => {},
    onError: () => new Response(null, { status: 500 }),
  }, wrong(toFetchHandler(app, { environ: ENVIRON })));
  const { hostname, port } = server.addr;
  const deviations = denoServeDeviations;
  return { hostname, port, deviations, stop: () => server.shutdown() };
}

/** Continues with a result, immediately if it is there. */
export function then<T, U>(
  result: T | Promise<T>,
  go: (result: T) => U | Promise<U>,
): U | Promise<U> {
  return result instanceof Promise ? result.then(go) : go(result);
}

/** Creates a server from its mistake. */
export type Create<Mistake> = (
  name: string,
  wrong: Mistake,
  found: string,
  rule?: string,
) => BrokenServer;

/** Puts something wrong in the place of something right. */
export type Swap<T> = (right: T) => T;

/** Creates a server that calls applications in another way. */
export const call: Create<Swap<Application>> = (name, wrong, found, rule) => ({
  name,
  start: (app) => serve(wrong(app)),
  found,
  rule,
});

/** Creates a server that changes the environ. */
export const environ: Create<(it: Environ) => void> = (name, change, ...rest) =>
  call(name, (app) => (environ, startResponse) => {
    change(environ);
    return app(environ, startResponse);
  }, ...rest);

/** The same input as an object without a prototype of its own. */
export function plain(input: InputStream): InputStream {
  return {
    read: (size) => input.read(size),
    readline: (size) => input.readline(size),
    readlines: (hint) => input.readlines(hint),
    [Symbol.asyncIterator]: () => input[Symbol.asyncIterator](),
  };
}

/** The methods of `wsgi.input` that a server changes. */
type Methods = Partial<InputStream>;

/** Creates a server whose input has other methods. */
export const input: Create<(it: InputStream) => Methods> = (
  name,
  go,
  ...rest
) =>
  environ(name, (environ) => {
    const right = environ["wsgi.input"];
    environ["wsgi.input"] = { ...plain(right), ...go(right) };
  }, ...rest);

/** Creates a server with another startResponse. */
export const start: Create<Swap<StartResponse>> = (name, change, ...rest) =>
  call(
    name,
    (app) => (environ, startResponse) => app(environ, change(startResponse)),
    ...rest,
  );

/** Creates a server that handles bodies in another way. */
export const body: Create<Swap<ResponseBody>> = (name, change, ...rest) =>
  call(name, (app) => (...args) => then(app(...args), change), ...rest);

/** Changes to the methods of a body. */
export interface Changes {
  readonly next?: (next: () => unknown) => unknown;
  readonly end?: (end: (() => unknown) | undefined) => unknown;
  readonly close?: (close: (() => unknown) | undefined) => unknown;
}

/** Creates a server that changes the methods of bodies that are not arrays. */
export const iterating: Create<() => Changes> = (name, changes, ...rest) =>
  body(name, (right) => {
    return Array.isArray(right) ? right : like(right, changes());
  }, ...rest);

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
export function like(body: ResponseBody, changes: Changes): ResponseBody {
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
