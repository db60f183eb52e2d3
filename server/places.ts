/**
 * {@linkcode Places}: the running and waiting requests.
 *
 * @module
 */

import { RequestError } from "../http1/request_error.ts";
import type { ServedConnection } from "./connection_host.ts";

/**
 * The maximum length of the queue, the same as that of the system's listen
 * queue.
 */
const MAX_QUEUED = 128;

/**
 * The places for the requests of one server, and the queue for them. Until
 * `serveForever()` is called, each call of `handleRequest()` provides one
 * place.
 */
export class Places<Head> {
  readonly #max: number;
  readonly #queue: ServedConnection<Head>[] = [];
  /** The pending calls of `handleRequest()`. */
  readonly #takers: (() => void)[] = [];
  /** The calls of `handleRequest()` whose request is running. */
  readonly #taken = new Map<ServedConnection<Head>, () => void>();
  #running = 0;
  #state: "waiting" | "serving" | "closed" = "waiting";
  #onIdle: (() => void) | undefined;

  /**
   * Creates the places.
   *
   * @param max The maximum number of running requests.
   */
  constructor(max: number) {
    this.#max = max;
  }

  /** The number of running requests. */
  get running(): number {
    return this.#running;
  }

  /** Whether the server serves without `handleRequest()`. */
  get isServing(): boolean {
    return this.#state === "serving";
  }

  /** Serves all waiting and later requests. */
  serve(): void {
    this.#state = "serving";
    this.#takeQueued();
  }

  /**
   * Serves one request: a waiting one, or the next.
   *
   * @returns A promise that resolves when its response was sent, or when the
   * server stops first.
   */
  serveOne(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#takers.push(resolve);
    this.#takeQueued();
    return promise;
  }

  /**
   * Gives a request a place, or lets it wait.
   *
   * @param connection The connection of the request.
   * @returns Whether it may run now.
   * @throws {RequestError} If too many wait, or the server stops.
   */
  admit(connection: ServedConnection<Head>): boolean {
    if (this.#state === "closed" || this.#queue.length >= MAX_QUEUED) {
      throw noPlace();
    }
    if (this.#queue.length === 0 && this.#take(connection)) return true;
    this.#queue.push(connection);
    return false;
  }

  /** Gives a request a place, if there is one. */
  #take(connection: ServedConnection<Head>): boolean {
    if (this.#running >= this.#max) return false;
    if (this.#state !== "serving") {
      const taker = this.#takers.shift();
      if (taker === undefined) return false;
      this.#taken.set(connection, taker);
    }
    this.#running++;
    return true;
  }

  /** Gives the free places to waiting requests. */
  #takeQueued(): void {
    for (;;) {
      const [first] = this.#queue;
      if (first === undefined || !this.#take(first)) return;
      this.#queue.shift();
      first.proceed();
    }
  }

  /**
   * Gives the place of a finished request to the next one.
   *
   * @param connection The connection of the finished request.
   */
  leave(connection: ServedConnection<Head>): void {
    this.#running--;
    if (this.#taken.size > 0) this.#report(connection);
    if (this.#queue.length > 0) this.#takeQueued();
    if (this.#running === 0) this.#onIdle?.();
  }

  /** Resolves the promise of `handleRequest()` after the response was sent. */
  #report(connection: ServedConnection<Head>): void {
    const taker = this.#taken.get(connection);
    if (taker === undefined) return;
    this.#taken.delete(connection);
    connection.writer.flush();
    connection.writer.drained().then(taker);
  }

  /**
   * Removes a connection from the queue.
   *
   * @param connection The connection.
   * @returns Whether it was there.
   */
  remove(connection: ServedConnection<Head>): boolean {
    const index = this.#queue.indexOf(connection);
    if (index === -1) return false;
    this.#queue.splice(index, 1);
    return true;
  }

  /** Refuses all waiting and later requests. */
  close(): void {
    this.#state = "closed";
    for (const connection of this.#queue.splice(0)) {
      connection.refuse(noPlace());
    }
    for (const taker of this.#takers.splice(0)) taker();
  }

  /**
   * Waits until no request is running.
   *
   * @returns A promise that resolves then.
   */
  whenIdle(): Promise<void> {
    if (this.#running === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onIdle = resolve);
  }
}

function noPlace(): RequestError {
  return new RequestError("the server has no capacity for the request", 503);
}
