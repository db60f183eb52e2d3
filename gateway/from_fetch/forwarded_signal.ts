/**
 * The signal of a request that was made of an environ.
 *
 * @module
 */

import type { Environ } from "../../wsgi/types.ts";

/**
 * How long a handler may take before the server is asked for its signal. The
 * servers of this package watch a client from then on anyway.
 */
const SIGNAL_DELAY_MS = 20;

/**
 * Returns the reason that programs know from the signal of a fetch request:
 * an `AbortError`. Its message and its `cause` say why the request ended.
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
 * Makes the signal of a fetch request of that of the server.
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
 * A signal that follows `wsgiref.signal`, but asks for that one late: on Deno it
 * makes the server read the signal of its own request, which costs 8 µs and
 * makes the runtime print a warning. Most requests are over before.
 *
 * It is a true signal from the start, so that copies of the request follow it.
 */
export class ForwardedSignal {
  readonly #controller = new AbortController();
  readonly #source: (() => AbortSignal) | undefined;
  #isFollowing = false;

  /** @param environ The variables of the request. */
  constructor(environ: Environ) {
    this.#source = environ["wsgiref.signal"];
  }

  /** The signal to hand out. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /**
   * Follows the server's signal if a promise takes its time.
   *
   * @param promise What the handler has returned.
   * @returns The same.
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

  /** Looks whether the body is closed because the request ended early. */
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
