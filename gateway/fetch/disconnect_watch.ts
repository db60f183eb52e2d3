/**
 * Detects that a client leaves before its response has begun.
 *
 * Once the response is a stream, the runtime cancels it. Before that, only the
 * signal of the request reports it, and on Deno this is expensive: reading the
 * signal halves the request rate of an async hello, and makes Deno 2.9 print a
 * warning. The signal is therefore only read for requests that take longer than
 * 20 ms, with one timer for all of them.
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
   * @param request The request whose signal may be read.
   * @param onLeave Called when the client leaves.
   */
  constructor(request: Request, onLeave: () => void) {
    this.#request = request;
    this.#onLeave = onLeave;
  }

  /** Begins to watch after a short delay, unless the response begins first. */
  startSoon(): void {
    if (this.#watching || this.#stopped) return;
    DisconnectWatch.#young.add(this);
    // Inside a handler, the first setTimeout() of a Deno program runs pending
    // microtasks, so this request may be answered before it returns.
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
    // By default, Deno also aborts it after a successful response. That is too
    // late to have an effect.
    if (signal.aborted) this.#onLeave();
    else signal.addEventListener("abort", this.#onLeave, { once: true });
  }

  /** Stops watching because the response has begun. */
  stop(): void {
    this.#stopped = true;
    DisconnectWatch.#forget(this);
  }

  static #forget(watch: DisconnectWatch): void {
    if (DisconnectWatch.#young.delete(watch)) DisconnectWatch.#rest();
  }

  /** Stops the timer if no request needs it. */
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
