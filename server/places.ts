/**
 * {@linkcode Places}: which requests run, and which wait.
 *
 * @module
 */

import { RequestError } from "../http1/request_error.ts";
import type { ServedConnection } from "./connection_host.ts";

/** As many as the system's own listen queue holds by default. */
const MAX_QUEUED = 128;

/**
 * The places for requests of one server, and the queue in front of them. There
 * are none until the server serves, but for those that `handleRequest()` asks
 * for, one each.
 */
export class Places<Head> {
  readonly #max: number;
  readonly #queue: ServedConnection<Head>[] = [];
  /** Those who wait for one request, by handleRequest(). */
  readonly #takers: (() => void)[] = [];
  /** Whose request it is that was taken by handleRequest(). */
  readonly #taken = new Map<ServedConnection<Head>, () => void>();
  #running = 0;
  #state: "waiting" | "serving" | "closed" = "waiting";
  #onIdle: (() => void) | undefined;

  /**
   * @param max How many requests may run at once.
   */
  constructor(max: number) {
    this.#max = max;
  }

  /** How many requests run. */
  get running(): number {
    return this.#running;
  }

  /** Whether requests are served without handleRequest(). */
  get isServing(): boolean {
    return this.#state === "serving";
  }

  /** Serves the requests that wait, and all others to come. */
  serve(): void {
    this.#state = "serving";
    this.#takeQueued();
  }

  /**
   * Gives a place to one request: one that waits, or the next to come.
   *
   * @returns A promise that resolves when its response was handed over, or when
   * the server stops first.
   */
  serveOne(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#takers.push(resolve);
    this.#takeQueued();
    return promise;
  }

  /**
   * Gives a place to a request, or lets it wait for one.
   *
   * @param connection Whose request it is.
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

  /** Takes a place for a request, if there is one. */
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

  /** Lets those go on that wait for a place, as many as there are places. */
  #takeQueued(): void {
    for (;;) {
      const [first] = this.#queue;
      if (first === undefined || !this.#take(first)) return;
      this.#queue.shift();
      first.proceed();
    }
  }

  /**
   * Gives the place of a request to the next one.
   *
   * @param connection Whose request is over.
   */
  leave(connection: ServedConnection<Head>): void {
    this.#running--;
    if (this.#taken.size > 0) this.#report(connection);
    if (this.#queue.length > 0) this.#takeQueued();
    if (this.#running === 0) this.#onIdle?.();
  }

  /** Tells the caller of handleRequest() once the response is handed over. */
  #report(connection: ServedConnection<Head>): void {
    const taker = this.#taken.get(connection);
    if (taker === undefined) return;
    this.#taken.delete(connection);
    connection.writer.flush();
    connection.writer.drained().then(taker);
  }

  /**
   * Takes a connection out of the queue.
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

  /** Refuses the requests that wait, and all others to come. */
  close(): void {
    this.#state = "closed";
    for (const connection of this.#queue.splice(0)) {
      connection.refuse(noPlace());
    }
    for (const taker of this.#takers.splice(0)) taker();
  }

  /**
   * Waits until no request runs.
   *
   * @returns A promise that resolves then.
   */
  whenIdle(): Promise<void> {
    if (this.#running === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onIdle = resolve);
  }
}

function noPlace(): RequestError {
  return new RequestError("the server has no place for the request", 503);
}
