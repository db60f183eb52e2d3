/**
 * Short ways to write an application, a request, a server or middleware.
 *
 * @module
 */

import { assertRejects } from "@std/assert";
import { ConformanceError, type HeaderTuple } from "../../mod.ts";
import type { Loose, Scenario } from "./scenario.ts";

type Use = (...args: Loose[]) => Loose;
type Body = (startResponse: Loose) => Loose;
type Variables = Readonly<Record<string, unknown>>;
type Answering = Scenario | NonNullable<Scenario["app"]>;

/** A header that breaks no rule. */
export const PLAIN: HeaderTuple = ["Content-Type", "text/plain"];

/** The headers of a response that break no rule. */
export const TEXT: readonly HeaderTuple[] = [PLAIN];

/** Returns the bytes of a text in UTF-8. */
export function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

function isAsync(fn: Use): boolean {
  return fn.toString().startsWith("async");
}

/** Calls a function, and returns an empty body when it has finished. */
function nothingAfter(use: Use, ...args: Loose[]): Loose {
  const result = use(...args);
  return isAsync(use) ? result.then(() => []) : [];
}

/** Returns what a function throws, as a program that ignores it. */
export function caught(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}

// Requests --------------------------------------------------------------------

/** A HEAD request. */
export const HEAD: Scenario = withVariables({ REQUEST_METHOD: "HEAD" });

/** A request with other variables. */
export function withVariables(variables: Variables): Scenario {
  return { environ: (environ) => void Object.assign(environ, variables) };
}

/** A request without some variables. */
export function without(...keys: readonly string[]): Scenario {
  return {
    environ: (environ) => {
      for (const key of keys) delete environ[key];
    },
  };
}

/** Requests in which a variable has each of the values. */
export function variables(key: string, ...values: unknown[]): Scenario[] {
  return values.map((value) => withVariables({ [key]: value }));
}

/** Sets a wsgi.errors that accepts everything. */
export function silent(environ: Loose): void {
  const [write, writelines, flush] = new Array(3).fill(() => {});
  environ["wsgi.errors"] = { write, writelines, flush };
}

// Responses -------------------------------------------------------------------

/** An application that answers a request with other variables. */
export function answer(
  status: unknown,
  headers: unknown,
  request: Variables = {},
  body: unknown = [],
): Scenario {
  return {
    ...withVariables(request),
    app: (_environ, startResponse) => {
      startResponse(status, headers);
      return body;
    },
  };
}

/** An application that answers with headers, or something in place of them. */
export function withHeaders(headers: unknown): Scenario {
  return answer("200 OK", headers);
}

/** An application that answers with one header, or something in its place. */
export function withHeader(name: unknown, value: unknown): Scenario {
  return withHeaders([[name, value]]);
}

/** Applications that answer with each of the statuses. */
export function statuses(...values: readonly unknown[]): Scenario[] {
  return values.map((status) => answer(status, []));
}

/** Applications that answer with each of the values of a header. */
export function headers(name: string, ...values: unknown[]): Scenario[] {
  return values.map((value) => withHeader(name, value));
}

// Applications ----------------------------------------------------------------

/** A correct application with a sync body. */
export const generatorApp: Loose = withYields(function* (): Loose {
  yield* [bytes("Hello"), bytes(" world")];
}).app;

/** An application that calls startResponse and returns no chunks. */
export function withStart(call: Use): Scenario {
  return withStarted((start) => nothingAfter(call, start));
}

/** An application that uses only startResponse. */
export function withStarted(app: Use): Scenario {
  return { app: (_environ, startResponse) => app(startResponse) };
}

/** An application that uses write() and returns no chunks. */
export function withWrite(use: Use, headers: unknown = TEXT): Scenario {
  return withStarted((start) =>
    nothingAfter(use, start("200 OK", headers), start)
  );
}

/** An application that returns the result of a function. */
export function withBody(make: Body, headers: unknown = TEXT): Scenario {
  return withStarted((start) => {
    start("200 OK", headers);
    return make(start);
  });
}

/** An application that starts a response and continues as a generator. */
export function withYields(make: Body, headers: unknown = TEXT): Scenario {
  const sync = function* (_environ: Loose, start: Loose): Loose {
    start("200 OK", headers);
    return yield* make(start);
  };
  const later = async function* (_environ: Loose, start: Loose): Loose {
    start("200 OK", headers);
    return yield* make(start);
  };
  return { app: isAsync(make) ? later : sync };
}

/** An application that yields one chunk, the result of a function. */
export function withChunk(
  make: () => unknown,
  headers: unknown = TEXT,
): Scenario {
  return withYields(function* (): Loose {
    yield make();
  }, headers);
}

/** Applications that return each of the values. */
export function bodies(...values: readonly unknown[]): Scenario[] {
  return values.map((value) => withBody(() => value));
}

/** Applications that yield each of the values. */
export function chunks(...values: readonly unknown[]): Scenario[] {
  return values.map((value) => withChunk(() => value));
}

/** A sync body whose next() returns the results one after the other. */
export function giving(...results: readonly unknown[]): Loose {
  const left = [...results];
  return { [Symbol.iterator]: () => ({ next: () => left.shift() }) };
}

/** An application whose body yields these chunks, one by one. */
export function yielding(...chunks: readonly unknown[]): Loose {
  return withBody(() => ({ [Symbol.iterator]: () => [...chunks].values() }))
    .app;
}

// Servers and middleware ------------------------------------------------------

/** A server's startResponse that accepts everything. */
export const start = (): () => Promise<void> => () => Promise.resolve();

/** A server that closes the body, and does nothing else. */
export const closing = (app: Loose, environ: Loose): void =>
  app(environ, start).close();

function toScenario(app: Answering): Scenario {
  return typeof app === "function" ? { app } : app;
}

/** A server that uses the body of a correct application. */
export function withServer(use: Use): Scenario {
  return {
    server: (app, environ) => {
      const body = app(environ, start);
      return isAsync(use) ? Promise.resolve(body).then(use) : use(body);
    },
  };
}

/** An application, and a server that uses its body. */
export function serve(app: Answering, use: Use): Scenario {
  return { ...toScenario(app), ...withServer(use) };
}

/**
 * Makes the calls of a script as a server does, and awaits each. After a call
 * with "!" a finding is thrown, after one with "?" a RangeError of the body.
 */
export async function play(body: Loose, script: string): Promise<void> {
  const { close: detached } = body;
  let taken: Loose;
  const iterator = () =>
    taken ??= body[Symbol.iterator]?.() ?? body[Symbol.asyncIterator]?.();
  const calls: Record<string, () => unknown> = {
    take: iterator,
    next: () => iterator().next(),
    end: async () => {
      while (!(await iterator().next()).done);
    },
    return: () => iterator().return(),
    returnIfAny: () => iterator().return?.(),
    closeIterator: () => iterator().close(),
    close: () => body.close(),
    closeWith: () => body.close("argument"),
    detached: () => detached(),
  };
  for (const [, name = "", mark] of script.matchAll(/(\w+)([!?]?)/g)) {
    const call = async () => void await calls[name]!();
    if (mark === "!") await assertRejects(call, ConformanceError);
    else if (mark === "?") await assertRejects(call, RangeError);
    else await call();
  }
}

/** An application, and a server that makes the calls of a script of `play()`. */
export function plays(app: Answering, script: string): Scenario {
  return serve(app, async (body) => await play(body, script));
}

/** Middleware that handles a call, around an application. */
export function withMiddleware(use: Use, app?: Answering): Scenario {
  return {
    ...app && toScenario(app),
    middleware: (app) => (environ, startResponse) =>
      use(app, environ, startResponse),
  };
}
