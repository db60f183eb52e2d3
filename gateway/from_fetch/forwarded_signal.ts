/**
 * The signal of a `Request` that was created from an environ.
 *
 * @module
 */

import type { Environ } from "../../wsgi/types.ts";

/**
 * How long a handler may take before the server's signal is used, in
 * milliseconds. From this time on, the servers of this package watch the client
 * anyway.
 */
const SIGNAL_DELAY_MS = 20;

/**
 * Returns the reason with which the signals of fetch requests abort: an
 * `AbortError`. Its message and its `cause` say why the request ended.
 */
function abortReason(cause: unknown): unknown {
  if (cause instanceof DOMException && cause.name === "AbortError") {
    return cause;
  }
  const message = cause instanceof Error ? cause.message : String(cause);
  const error = new DOMException(message, "AbortError");
  return Object.defineProperty(error, "cause", { value: cause });
}

/** Aborts a signal when another does, with an `AbortError`. */
function follow(controller: AbortController, source: AbortSignal): void {
  const abort = (): void => controller.abort(abortReason(source.reason));
  if (source.aborted) abort();
  else source.addEventListener("abort", abort, { once: true });
}

/**
 * Creates the signal of a fetch request from that of the server.
 *
 * @param source `wsgiref.signal` of the request.
 * @returns A signal that aborts when it does, with an `AbortError`.
 */
export function toFetchSignal(source: AbortSignal): AbortSignal {
  const controller = new AbortController();
  follow(controller, source);
  return controller.signal;
}

/**
 * A signal that follows `wsgiref.signal`, but only gets it late. On Deno, this
 * makes the server read the signal of its own request, which costs 8 µs and
 * makes the runtime print a warning. Most requests are complete before.
 *
 * It is a real signal from the start, so that copies of the request follow it.
 */
export class ForwardedSignal {
  readonly #controller = new AbortController();
  readonly #source: (() => AbortSignal) | undefined;
  #isFollowing = false;

  /** @param environ The variables of the request, with `wsgiref.signal`. */
  constructor(environ: Environ) {
    this.#source = environ["wsgiref.signal"];
  }

  /** The signal for the `Request`. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /**
   * Follows the server's signal if a promise takes longer than 20 ms.
   *
   * @param promise The promise that the handler returned.
   * @returns The result of the promise.
   */
  async during<T>(promise: PromiseLike<T>): Promise<T> {
    if (this.#source === undefined) return await promise;
    const timer = setTimeout(() => this.#follow(), SIGNAL_DELAY_MS);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Checks whether the body is being closed because the request ended early.
   */
  bodyClosed(): void {
    this.#follow();
  }

  #follow(): void {
    if (this.#isFollowing) return;
    this.#isFollowing = true;
    const source = this.#source?.();
    if (source !== undefined) follow(this.#controller, source);
  }
}
