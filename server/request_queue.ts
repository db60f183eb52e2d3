/**
 * Requests that wait until the server takes them, as in a listen queue.
 *
 * @module
 */

import { DisconnectWatch } from "../gateway/fetch/disconnect_watch.ts";
import { fetchErrorResponse } from "../gateway/error_response.ts";
import type { LogEntry } from "./log_entry.ts";

/** As many as the system's own listen queue holds by default. */
const MAX_WAITING = 128;

/** The answer to a request. */
type Answer = Response | Promise<Response>;

/** A request that has come. */
export interface QueuedRequest {
  readonly request: Request;
  /** Where it is logged, if it is. */
  readonly entry: LogEntry | undefined;
  /**
   * Runs the application.
   *
   * @param onOver Called when the response is over and has left.
   * @returns The response.
   */
  handle(onOver?: () => void): Answer;
}

interface Waiting {
  readonly queued: QueuedRequest;
  readonly watch: DisconnectWatch;
  readonly resolve: (response: Answer) => void;
}

/** The queue of a server that does not serve yet, or has no place at the moment. */
export class RequestQueue {
  readonly #waiting: Waiting[] = [];
  /** Calls of take() that wait for a request. */
  readonly #takers: PromiseWithResolvers<void>[] = [];
  #closed = false;

  /** Whether no request waits. */
  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /**
   * Adds a request, or hands it over if somebody waits for one.
   *
   * @param queued The request.
   * @returns The response; 503 if the queue is full or closed.
   */
  add(queued: QueuedRequest): Answer {
    if (this.#closed || this.#waiting.length >= MAX_WAITING) {
      return reject(queued);
    }
    const taker = this.#takers.shift();
    if (taker !== undefined) return queued.handle(taker.resolve);
    const { promise, resolve } = Promise.withResolvers<Response>();
    const watch = new DisconnectWatch(
      queued.request,
      () => this.#drop(waiting),
    );
    const waiting: Waiting = { queued, watch, resolve };
    this.#waiting.push(waiting);
    watch.startSoon();
    return promise;
  }

  /**
   * Takes one request: the first that waits, or the next to come.
   *
   * @returns A promise that resolves when its response is over.
   */
  take(): Promise<void> {
    const taker = Promise.withResolvers<void>();
    if (!this.next(taker.resolve)) this.#takers.push(taker);
    return taker.promise;
  }

  /**
   * Runs the application for the first request that waits.
   *
   * @param onOver Called when its response is over and has left.
   * @returns Whether there was one.
   */
  next(onOver?: () => void): boolean {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) return false;
    waiting.watch.stop();
    waiting.resolve(waiting.queued.handle(onOver));
    return true;
  }

  /** Answers all waiting requests with 503, and ends all calls of take(). */
  close(): void {
    this.#closed = true;
    for (const { queued, watch, resolve } of this.#waiting.splice(0)) {
      watch.stop();
      resolve(reject(queued));
    }
    for (const taker of this.#takers.splice(0)) taker.resolve();
  }

  /** The client has left. The runtime wants a response all the same. */
  #drop(waiting: Waiting): void {
    const index = this.#waiting.indexOf(waiting);
    if (index === -1) return;
    this.#waiting.splice(index, 1);
    waiting.queued.entry?.end({ status: 0, bytesSent: 0, clientLeft: true });
    waiting.resolve(fetchErrorResponse(503));
  }
}

function reject({ entry }: QueuedRequest): Response {
  entry?.endWithError(503);
  return fetchErrorResponse(503);
}
