/**
 * Noticing that a client leaves before its response has begun.
 *
 * Once there is a stream, it is cancelled. Until then only the signal of the
 * request reports it, and on Deno that is expensive: reading it halves the rate
 * of an async hello, and makes Deno 2.9 print a warning about its future. So it is
 * read only for requests that wait for longer than a moment, by one timer for
 * all of them.
 *
 * @module
 */

/** How long a request may wait before its client is watched, in milliseconds. */
const WATCH_DELAY_MS = 20;

/** One request whose response has not begun. */
export class DisconnectWatch {
  static readonly #young = new Set<DisconnectWatch>();
  static #timer: ReturnType<typeof setTimeout> | undefined;

  readonly #request: Request;
  readonly #onLeave: () => void;
  #watching = false;
  #stopped = false;

  /**
   * @param request The request.
   * @param onLeave Called when the client leaves.
   */
  constructor(request: Request, onLeave: () => void) {
    this.#request = request;
    this.#onLeave = onLeave;
  }

  /** Begins to watch before long, unless the response begins first. */
  startSoon(): void {
    if (this.#watching || this.#stopped) return;
    DisconnectWatch.#young.add(this);
    // Inside of a handler, Deno's first setTimeout() of all runs the promise
    // jobs that wait: this very request may be answered before it returns.
    DisconnectWatch.#timer ??= setTimeout(
      DisconnectWatch.#tick,
      WATCH_DELAY_MS,
    );
    DisconnectWatch.#rest();
  }

  /** Begins to watch. */
  start(): void {
    if (this.#watching || this.#stopped) return;
    this.#watching = true;
    DisconnectWatch.#forget(this);
    const { signal } = this.#request;
    // By default Deno aborts it after a success, too: too late to matter.
    if (signal.aborted) this.#onLeave();
    else signal.addEventListener("abort", this.#onLeave, { once: true });
  }

  /** Ends the watch: the response has begun. */
  stop(): void {
    this.#stopped = true;
    DisconnectWatch.#forget(this);
  }

  static #forget(watch: DisconnectWatch): void {
    if (DisconnectWatch.#young.delete(watch)) DisconnectWatch.#rest();
  }

  /** Stops the timer when no request needs it. */
  static #rest(): void {
    if (DisconnectWatch.#young.size > 0) return;
    clearTimeout(DisconnectWatch.#timer);
    DisconnectWatch.#timer = undefined;
  }

  static #tick(this: void): void {
    DisconnectWatch.#timer = undefined;
    for (const watch of DisconnectWatch.#young) watch.start();
  }
}
