/**
 * Requests that wait until somebody takes them, as in a listen queue.
 *
 * @module
 */

import type { FetchExchange } from "./fetch_exchange.ts";
import { refuse } from "./error_response.ts";

/** As many as the system's own listen queue holds by default. */
const MAX_WAITING = 128;

interface Waiting {
  readonly handle: () => FetchExchange;
  readonly resolve: (response: Response | Promise<Response>) => void;
}

/** The queue of a server that does not serve yet. */
export class RequestQueue {
  readonly #waiting: Waiting[] = [];
  /** Who waits for a request. */
  readonly #takers: PromiseWithResolvers<void>[] = [];
  #closed = false;

  /**
   * Adds a request, or hands it over if somebody waits for one.
   *
   * @param handle Runs the application for the request.
   * @returns The response; 503 if the queue is full or closed.
   */
  add(handle: () => FetchExchange): Response | Promise<Response> {
    if (this.#closed || this.#waiting.length >= MAX_WAITING) {
      return refuse(503);
    }
    const taker = this.#takers.shift();
    if (taker === undefined) {
      return new Promise((resolve) => this.#waiting.push({ handle, resolve }));
    }
    const exchange = handle();
    taker.resolve(over(exchange));
    return exchange.response;
  }

  /**
   * Takes one request: the first that waits, or the next to come.
   *
   * @returns A promise that resolves when its response is over.
   */
  take(): Promise<void> {
    const next = this.#waiting.shift();
    if (next === undefined) {
      const taker = Promise.withResolvers<void>();
      this.#takers.push(taker);
      return taker.promise;
    }
    const exchange = next.handle();
    next.resolve(exchange.response);
    return over(exchange);
  }

  /** Takes all that wait. */
  serve(): void {
    for (const { handle, resolve } of this.#waiting.splice(0)) {
      resolve(handle().response);
    }
  }

  /** Answers all that wait with 503 and lets go of whoever waits for one. */
  close(): void {
    this.#closed = true;
    for (const { resolve } of this.#waiting.splice(0)) resolve(refuse(503));
    for (const taker of this.#takers.splice(0)) taker.resolve();
  }
}

async function over(exchange: FetchExchange): Promise<void> {
  await exchange.response;
  await exchange.done;
}
