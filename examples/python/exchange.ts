/**
 * {@linkcode Exchange}: the functions that Python calls while it handles a
 * request, and the errors that pass through Python.
 *
 * @module
 */

import type { StartResponse } from "../../mod.ts";

/**
 * Called by `start_response()` of bridge.py, which raises if there is no
 * result.
 */
export type Start = (
  status: string,
  headers: [string, string][],
  trace: string | undefined,
) => ((chunk: Uint8Array) => void) | undefined;

/** The `exc_info` of Python. The message is its traceback. */
export class PythonException extends Error {
  /** The name of the class: `"PythonException"`. */
  override readonly name = "PythonException";
}

/** One call of an application, with the functions that Python calls. */
export class Exchange {
  readonly #startResponse: StartResponse;
  /** The last error that was thrown into Python. */
  #thrown: unknown;
  /** Settles when all data written so far has been accepted. */
  #written: Promise<void> | undefined;

  /** @param startResponse The function of the server. */
  constructor(startResponse: StartResponse) {
    this.#startResponse = startResponse;
  }

  /**
   * Runs Python. A JavaScript error that passes through it is rethrown
   * unchanged.
   */
  run<T>(python: () => T): T {
    try {
      return python();
    } catch (error) {
      const { type } = error as { type?: unknown };
      throw type === "JsException" ? this.#thrown ?? error : error;
    }
  }

  /** Returns a function that Python can call. */
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

  /**
   * Starts the response.
   *
   * @returns The function for `write()`, or `undefined` if Python must raise
   * its own exception, because the headers have already been sent.
   */
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
    // The first chunk is sent immediately, because it sends the headers. Each
    // other chunk is sent when the client has accepted the previous one; Python
    // cannot wait for this.
    this.#written = this.#written?.then(write) ?? write();
    this.#written.catch(() => {});
  }

  /** Waits until the client has accepted the written data, or has left. */
  async settle(): Promise<void> {
    try {
      await this.#written;
    } catch {
      // The server has recorded the error, and Python can no longer handle it.
    }
  }
}
