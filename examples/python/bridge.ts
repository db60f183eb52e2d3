/**
 * Runs WSGI applications written in Python, by pyodide: CPython compiled to
 * WebAssembly, in this very process.
 *
 * ```ts ignore
 * import { loadPyodide } from "npm:pyodide@314.0.7";
 * import { makeServer } from "@wsgi/ref";
 * import { fromPython } from "./bridge.ts";
 *
 * const python = await loadPyodide();
 * const app = python.runPython("import wsgiref.simple_server as s; s.demo_app");
 * await makeServer("127.0.0.1", 8000, fromPython(python, app)).serveForever();
 * ```
 *
 * It is small, and that has its price:
 *
 * - One request at a time, as in Python's own `wsgiref.simple_server`: the next
 *   is called when the body of the one before is closed.
 * - The request body is read as a whole first, so that `maxRequestBodySize` is
 *   needed, and a body that cannot be read is answered without Python.
 * - While Python computes, nothing else happens in the process. What `write()`
 *   is given waits for that, and for the client, in memory.
 * - The environ is copied. Strings, numbers, booleans and what PEP 3333 asks for
 *   are in the copy, objects and functions are not.
 *
 * @module
 */

import type { Application, Environ, StartResponse } from "../../mod.ts";
import SOURCE from "./bridge.py" with { type: "text" };

/** What is needed of pyodide, which `loadPyodide()` gives. */
export interface Python {
  /** Runs a program and gives the value of its last line. */
  runPython(program: string): unknown;
}

/** Runs bridge.py in a namespace of its own, and gives its `call()`. */
const LOAD = `lambda source: (
    namespace := {"__name__": "bridge"},
    exec(compile(source, "bridge.py", "exec"), namespace)
)[0]["call"]`;

/** `call()` of bridge.py. */
type Call = (
  app: unknown,
  variables: ReadonlyMap<string, unknown>,
  body: Uint8Array,
  start: Start,
  log: (text: string) => void,
  flush: () => void,
) => PythonResponse;

/** `start_response()` of bridge.py calls it. Without a result it raises. */
type Start = (
  status: string,
  headers: [string, string][],
  trace: string | undefined,
) => ((chunk: Uint8Array) => void) | undefined;

/** A handle on the class `Response` of bridge.py. */
interface PythonResponse {
  is_list(): boolean;
  next(): [chunk: Uint8Array] | undefined;
  close(): void;
  /** Lets Python free what the handle refers to. */
  destroy(): void;
}

/** What Python gave as `exc_info`: the message is its traceback. */
export class PythonException extends Error {
  /** The name of the class: `"PythonException"`. */
  override readonly name = "PythonException";
}

/** Returns the variables that can be copied to Python. */
function toVariables(environ: Environ, length: number): Map<string, unknown> {
  const variables = new Map<string, unknown>(
    Object.entries(environ).filter(([key, value]) =>
      key === "wsgi.version" ||
      ["string", "number", "boolean"].includes(typeof value)
    ),
  );
  // It came in pieces, and now its length is known. Most frameworks of Python
  // take a body without a length for none.
  if (length > 0 && !variables.has("CONTENT_LENGTH")) {
    variables.set("CONTENT_LENGTH", String(length));
  }
  return variables;
}

/** One call of an application: what Python calls back, and what came of it. */
class Exchange {
  readonly #startResponse: StartResponse;
  /** What was last thrown into Python. */
  #thrown: unknown;
  /** Settles when all that was written until now has been taken. */
  #written: Promise<void> | undefined;

  constructor(startResponse: StartResponse) {
    this.#startResponse = startResponse;
  }

  /** Runs Python. A JavaScript error that went through it comes out as it was. */
  run<T>(python: () => T): T {
    try {
      return python();
    } catch (error) {
      const { type } = error as { type?: unknown };
      throw type === "JsException" ? this.#thrown ?? error : error;
    }
  }

  /** Makes a function that Python may call. */
  lend<Args extends unknown[], T>(
    call: (...args: Args) => T,
  ): (...args: Args) => T {
    return (...args) => {
      try {
        return call(...args);
      } catch (error) {
        throw this.#thrown = error;
      }
    };
  }

  start(...[status, headers, trace]: Parameters<Start>): ReturnType<Start> {
    const excInfo = trace && new PythonException(trace);
    try {
      const write = this.#startResponse(status, headers, excInfo);
      return this.lend((chunk) => this.#write(() => write(chunk)));
    } catch (error) {
      if (excInfo && error === excInfo) return undefined;
      throw error;
    }
  }

  #write(write: () => Promise<void>): void {
    // The first one at once, since it is what sends the headers. Any other when
    // the client has taken the one before, for which Python cannot wait.
    this.#written = this.#written?.then(write) ?? write();
    this.#written.catch(() => {});
  }

  /** Waits until the client has taken what was written, or has left. */
  async settle(): Promise<void> {
    try {
      await this.#written;
    } catch {
      // The server knows, and Python is past the point where it could be told.
    }
  }
}

/** A body that Python yields, one chunk for each call of next(). */
class PythonBody implements Iterable<Uint8Array, void> {
  readonly #exchange: Exchange;
  readonly #response: PythonResponse;
  readonly #release: () => void;

  constructor(
    exchange: Exchange,
    response: PythonResponse,
    release: () => void,
  ) {
    this.#exchange = exchange;
    this.#response = response;
    this.#release = release;
  }

  [Symbol.iterator](): Iterator<Uint8Array, void> {
    return {
      next: () => {
        const chunk = this.#exchange.run(() => this.#response.next());
        return chunk === undefined
          ? { done: true, value: undefined }
          : { done: false, value: chunk[0] };
      },
    };
  }

  /** Closes Python's iterable, and lets the next request have its turn. */
  close(): void {
    try {
      this.#exchange.run(() => this.#response.close());
    } finally {
      this.#response.destroy();
      this.#release();
    }
  }
}

/**
 * Makes an application of one that is written in Python.
 *
 * @param python What `loadPyodide()` gave.
 * @param app The Python application: a handle on anything that can be called.
 * @returns The application, for any server of this package.
 */
export function fromPython(python: Python, app: unknown): Application {
  const load = python.runPython(LOAD) as (source: string) => Call;
  const call = load(SOURCE);
  let turn = Promise.resolve();
  return async (environ, startResponse) => {
    const input = await environ["wsgi.input"].read();
    const errors = environ["wsgi.errors"];
    const exchange = new Exchange(startResponse);
    const before = turn;
    const { promise, resolve: release } = Promise.withResolvers<void>();
    turn = promise;
    await before;
    let response: PythonResponse;
    try {
      response = exchange.run(() =>
        call(
          app,
          toVariables(environ, input.length),
          input,
          exchange.lend((...args) => exchange.start(...args)),
          exchange.lend((text) => errors.write(text)),
          exchange.lend(() => errors.flush()),
        )
      );
    } catch (error) {
      release();
      throw error;
    }
    const body = new PythonBody(exchange, response, release);
    await exchange.settle();
    if (!response.is_list()) return body;
    // It is there as a whole: an array gets a Content-Length.
    try {
      return [...body];
    } finally {
      body.close();
    }
  };
}
