/**
 * The requests of a server that are not over yet, and their deadlines.
 *
 * @module
 */

import { type Cancellation, RequestTimeout } from "../gateway/cancellation.ts";

/** How long the last responses have to be sent before connections are cut. */
const ABORT_GRACE_MS = 50;

/** A request that runs, as far as it can be ended. */
export interface Endable {
  /** Its transport; none for a request that no application has seen. */
  readonly transport?:
    | { readonly cancellation: Cancellation }
    | undefined;
}

interface Running extends Endable {
  /** When it is ended, on the clock of `performance.now()`. */
  readonly deadline: number;
  readonly onOver: (() => void) | undefined;
}

/**
 * Keeps what runs. All requests have the same time, so the first to come is the
 * first whose deadline passes, and one timer is enough for all of them.
 */
export class RunningRequests {
  readonly #timeout: number;
  readonly #onEnd: () => void;
  /** In the order of their deadlines. */
  readonly #running = new Set<Running>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #idle: PromiseWithResolvers<void> | undefined;

  /**
   * @param timeout How long a request may run, in milliseconds.
   * @param onEnd Called when one is over.
   */
  constructor(timeout: number | undefined, onEnd: () => void) {
    this.#timeout = timeout ?? Infinity;
    this.#onEnd = onEnd;
  }

  /** How many requests run. */
  get size(): number {
    return this.#running.size;
  }

  /**
   * Adds a request that is not over.
   *
   * @param request The request, with its transport.
   * @param done Settles when it is over.
   * @param onOver Called when it is over for the server: at its deadline, if
   * that comes first.
   */
  add(
    { transport }: Endable,
    done: Promise<void>,
    onOver?: () => void,
  ): void {
    // Without a timeout the time is not needed.
    const deadline = this.#timeout === Infinity
      ? Infinity
      : performance.now() + this.#timeout;
    const running: Running = { transport, deadline, onOver };
    this.#running.add(running);
    done.then(() => this.#end(running));
    // Later: Deno's first setTimeout() of all runs the promise jobs that wait.
    if (this.#timeout !== Infinity && this.#timer === undefined) {
      queueMicrotask(() => this.#startTimer());
    }
  }

  /**
   * Waits until nothing runs.
   *
   * @returns A promise that resolves then.
   */
  idle(): Promise<void> {
    if (this.size === 0) return Promise.resolve();
    return (this.#idle ??= Promise.withResolvers()).promise;
  }

  /**
   * Ends all running requests. Those without a response get a 503.
   *
   * @param reason The reason of their cancellation.
   * @returns A promise that resolves when these responses had time to be sent.
   */
  async cancelAll(reason: unknown): Promise<void> {
    for (const running of this.#running) this.#cancel(running, reason);
    await new Promise((resolve) => setTimeout(resolve, ABORT_GRACE_MS));
  }

  /** Stops the clock, when there will be no more requests. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #cancel(running: Running, reason: unknown): void {
    running.transport?.cancellation.cancel(reason);
    this.#end(running);
  }

  #end(running: Running): void {
    if (!this.#running.delete(running)) return;
    running.onOver?.();
    this.#onEnd();
    if (this.size === 0) this.#idle?.resolve();
  }

  /** Waits for the first deadline. An idle server has no timer before long. */
  #startTimer(): void {
    const [first] = this.#running;
    if (first === undefined || this.#timer !== undefined) return;
    const left = Math.max(0, first.deadline - performance.now());
    this.#timer = setTimeout(() => this.#tick(), left);
  }

  #tick(): void {
    this.#timer = undefined;
    const now = performance.now();
    for (const running of this.#running) {
      if (running.deadline > now) break;
      this.#cancel(running, new RequestTimeout());
    }
    this.#startTimer();
  }
}
