/**
 * The early end of a request, reported once.
 *
 * @module
 */

/**
 * The reason if a request ended early because the client closed the connection.
 * The request's signal is aborted with it.
 *
 * @example Usage
 * ```ts
 * import { ClientDisconnected } from "@wsgi/ref";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(new ClientDisconnected().name, "ClientDisconnected");
 * ```
 */
export class ClientDisconnected extends Error {
  /** The name of the class, as in the first line of a stack trace. */
  override readonly name = "ClientDisconnected";
  /** Creates the reason, which has a fixed message. */
  constructor() {
    super("The client has left");
  }
}

/**
 * The reason if a request ended early because the server was stopped.
 *
 * @example Usage
 * ```ts
 * import { ServerStopped } from "@wsgi/ref";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(new ServerStopped().name, "ServerStopped");
 * ```
 */
export class ServerStopped extends Error {
  /** The name of the class, as in the first line of a stack trace. */
  override readonly name = "ServerStopped";
  /** Creates the reason, which has a fixed message. */
  constructor() {
    super("The server was stopped before the response was complete");
  }
}

/**
 * The reason if a request ended early because its deadline passed.
 *
 * @example Usage
 * ```ts
 * import { RequestTimeout } from "@wsgi/ref";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(new RequestTimeout().name, "RequestTimeout");
 * ```
 */
export class RequestTimeout extends Error {
  /** The name of the class, as in the first line of a stack trace. */
  override readonly name = "RequestTimeout";
  /** Creates the reason, which has a fixed message. */
  constructor() {
    super("The request was not complete at its deadline");
  }
}

/**
 * Returns whether the server ended a request early, independent of the
 * application.
 *
 * @param reason Why the request ended.
 * @returns Whether the server was stopped, or the deadline has passed.
 */
export function isServerAbort(reason: unknown): boolean {
  return reason instanceof ServerStopped || reason instanceof RequestTimeout;
}

/**
 * The early end of one request: the client left, a deadline passed, or the
 * server was forced to stop.
 *
 * It is a lighter `AbortController`: most requests complete before any code
 * asks for the signal, so the signal is only created on demand. A transport
 * calls {@linkcode Cancellation.cancel} when its client leaves.
 *
 * @example Usage
 * ```ts
 * import { ClientDisconnected } from "@wsgi/ref";
 * import { Cancellation } from "@wsgi/ref/gateway";
 * import { assert } from "@std/assert";
 *
 * const cancellation = new Cancellation();
 * const { signal } = cancellation;
 * cancellation.cancel(new ClientDisconnected());
 * assert(signal.aborted);
 * ```
 */
export class Cancellation {
  #listener: ((reason: unknown) => void) | undefined;
  #controller: AbortController | undefined;
  #reason: unknown;
  #state: "running" | "cancelled" | "over" = "running";

  /** Whether the request ended early. */
  get cancelled(): boolean {
    return this.#state === "cancelled";
  }

  /** Why it ended early; `undefined` if it did not. */
  get reason(): unknown {
    return this.#reason;
  }

  /** The signal of this request. It never aborts after success. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.cancelled) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  /**
   * Registers the only listener. It is called immediately if the request has
   * already ended early.
   *
   * @param listener Called with the reason, at most once.
   */
  listen(listener: (reason: unknown) => void): void {
    if (this.cancelled) listener(this.#reason);
    else this.#listener = listener;
  }

  /**
   * Ends the request early. Has no effect if the request is over.
   *
   * @param reason The reason of the signal.
   */
  cancel(reason: unknown): void {
    if (this.#state !== "running") return;
    this.#state = "cancelled";
    this.#reason = reason;
    const listener = this.#listener;
    this.#listener = undefined;
    listener?.(reason);
    this.#controller?.abort(reason);
  }

  /** Marks the request as complete: it cannot be cancelled anymore. */
  finish(): void {
    if (this.#state !== "running") return;
    this.#state = "over";
    this.#listener = undefined;
  }
}
