/**
 * {@linkcode Shutdown}: ends the requests and connections of a server.
 *
 * @module
 */

import { ServerStopped } from "../gateway/cancellation.ts";
import type { Connection } from "./connection.ts";
import type { Places } from "./places.ts";

/** The time for sending a last response after the deadline, in milliseconds. */
const ABORT_GRACE_MS = 50;

/** Waits for running requests, until a deadline cuts them off. */
export class Shutdown<Head> {
  readonly #connections: ReadonlySet<Connection<Head>>;
  readonly #places: Places<Head>;
  readonly #timeoutMs: number;
  #onGone: (() => void) | undefined;

  /**
   * Creates the shutdown of one server.
   *
   * @param connections The connections of the server.
   * @param places The running requests of the server.
   * @param timeoutMs The time that they have, in milliseconds.
   */
  constructor(
    connections: ReadonlySet<Connection<Head>>,
    places: Places<Head>,
    timeoutMs: number,
  ) {
    this.#connections = connections;
    this.#places = places;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Waits for running requests, for pending bytes, and for clients that are still
   * sending. The rest is cut off at the deadline.
   *
   * @returns A promise that resolves when no connection is left.
   */
  async run(): Promise<void> {
    const deadline = Promise.withResolvers<void>();
    const timer = setTimeout(deadline.resolve, this.#timeoutMs);
    await Promise.race([this.#places.whenIdle(), deadline.promise]);
    if (this.#places.running > 0) await this.#cutAll();
    await Promise.race([this.#whenSent(), deadline.promise]);
    await Promise.race([this.#whenLingered(), deadline.promise]);
    clearTimeout(timer);
    for (const connection of this.#connections) {
      connection.destroy(new ServerStopped());
    }
  }

  /** Called when a connection has closed. */
  onGone(): void {
    this.#onGone?.();
  }

  /** Waits until all responses have been passed to the system. */
  async #whenSent(): Promise<void> {
    await Promise.all(
      [...this.#connections].map(({ writer }) => writer.drained()),
    );
  }

  /** Waits while clients are sending, which might reset their connections. */
  #whenLingered(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onGone = () => {
      for (const { mustLinger } of this.#connections) if (mustLinger) return;
      resolve();
    };
    this.#onGone();
    return promise;
  }

  /** Cancels the requests that are still running after the deadline. */
  async #cutAll(): Promise<void> {
    for (const { request } of this.#connections) {
      request?.transport.cancellation.cancel(new ServerStopped());
    }
    await new Promise((resolve) => setTimeout(resolve, ABORT_GRACE_MS));
  }
}
