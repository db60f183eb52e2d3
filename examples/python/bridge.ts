/**
 * Runs WSGI applications written in Python in this process, with pyodide:
 * CPython compiled to WebAssembly.
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
 * It is small, and therefore limited:
 *
 * - One request at a time, as in Python's own `wsgiref.simple_server`: the next
 *   request starts when the body of the previous one is closed.
 * - The request body is read as a whole first. Set `maxRequestBodySize`. If the
 *   body cannot be read, Python is not called.
 * - While Python computes, nothing else runs in the process. Data for `write()`
 *   stays in memory until Python returns and the client reads it.
 * - The environ is copied: strings, numbers, booleans and the variables of PEP
 *   3333, but no other objects and functions.
 *
 * @module
 */

import type { Application, Environ, InputStream } from "../../mod.ts";
import SOURCE from "./bridge.py" with { type: "text" };
import { Exchange, type Start } from "./exchange.ts";

/** The parts of pyodide that are used here. `loadPyodide()` returns it. */
export interface Python {
  /** Runs a program and returns the value of its last line. */
  runPython(program: string): unknown;
}

/** Runs bridge.py in its own namespace, and returns its `call()`. */
const LOAD = `lambda source: (
    namespace := {"__name__": "bridge"},
    exec(compile(source, "bridge.py", "exec"), namespace)
)[0]["call"]`;

/** The function `call()` of bridge.py. */
type Call = (
  app: unknown,
  variables: ReadonlyMap<string, unknown>,
  body: Uint8Array,
  start: Start,
  log: (text: string) => void,
  flush: () => void,
) => PythonResponse;

/** A handle on the class `Response` of bridge.py. */
interface PythonResponse {
  is_list(): boolean;
  next(): [chunk: Uint8Array] | undefined;
  close(): void;
  /** Lets Python free the object of the handle. */
  destroy(): void;
}

/** Reads a request body to its end, in pieces of at most 64 KiB. */
async function readAll(input: InputStream): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for (;;) {
    const piece = await input.read(65_536);
    if (piece.length === 0) return await new Blob(pieces).bytes();
    pieces.push(piece);
  }
}

/** Returns the variables that can be copied to Python. */
function toVariables(environ: Environ, length: number): Map<string, unknown> {
  const variables = new Map<string, unknown>(
    Object.entries(environ).filter(([key, value]) =>
      key === "wsgi.version" ||
      ["string", "number", "boolean"].includes(typeof value)
    ),
  );
  // The body was chunked, and its length is known now. Most Python frameworks
  // ignore a body without a length.
  if (length > 0 && !variables.has("CONTENT_LENGTH")) {
    variables.set("CONTENT_LENGTH", String(length));
  }
  return variables;
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

  /** Closes Python's iterable, and starts the next request. */
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
 * Wraps an application that is written in Python.
 *
 * @param python The result of `loadPyodide()`.
 * @param app The Python application: a handle on any callable.
 * @returns The application, for any server of this package.
 */
export function fromPython(python: Python, app: unknown): Application {
  const load = python.runPython(LOAD) as (source: string) => Call;
  const call = load(SOURCE);
  let turn = Promise.resolve();
  return async (environ, startResponse) => {
    const input = await readAll(environ["wsgi.input"]);
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
    // The body is complete. As an array, it gets a Content-Length.
    try {
      return [...body];
    } finally {
      body.close();
    }
  };
}
