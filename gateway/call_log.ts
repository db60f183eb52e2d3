/**
 * Where the errors of one application call go.
 *
 * @module
 */

import { formatError } from "./error_response.ts";
import { StderrStream } from "../wsgi/error_stream.ts";
import type { ResponseWriter } from "./response_writer.ts";
import type { RunOptions } from "./run_options.ts";
import type { Environ, ErrorStream } from "../wsgi/types.ts";

/** Writes errors to `wsgi.errors`, and tells whoever runs the server. */
export class ExchangeLog {
  readonly #environ: Environ;
  readonly #errors: ErrorStream;
  readonly #onError: RunOptions["onError"];
  #hasOverflow = false;

  /**
   * @param environ The variables of the request.
   * @param options What to do beside it.
   */
  constructor(environ: Environ, options: RunOptions) {
    this.#environ = environ;
    // Taken now: the application may change its environ.
    this.#errors = environ["wsgi.errors"] ?? new StderrStream();
    this.#onError = options.onError;
  }

  /**
   * Adds an error.
   *
   * @param error What was thrown, or the error that tells which rule was broken.
   */
  add(error: unknown): void {
    try {
      this.#errors.write(formatError(error));
      this.#onError?.(error, this.#environ);
    } catch {
      // The log itself is broken. The response goes on without it.
    }
  }

  /**
   * Adds, once, that a body went past its Content-Length.
   *
   * @param response The response.
   */
  addOverflow(response: ResponseWriter): void {
    if (this.#hasOverflow) return;
    this.#hasOverflow = true;
    this.add(
      new RangeError(
        `Cannot send the whole body: it is longer than its Content-Length of ${response.head?.contentLength}`,
      ),
    );
  }
}
