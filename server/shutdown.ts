/**
 * {@linkcode Shutdown}: the end of a server's requests and connections.
 *
 * @module
 */

import { ServerStopped } from "../gateway/cancellation.ts";
import type { Connection } from "./connection.ts";
import type { Places } from "./places.ts";

/** How long a last answer has for leaving, in milliseconds. */
const ABORT_GRACE_MS = 50;

/** Lets what runs end, until a deadline cuts it. */
export class Shutdown<Head> {
  readonly #connections: ReadonlySet<Connection<Head>>;
  readonly #places: Places<Head>;
  readonly #timeoutMs: number;
  #onGone: (() => void) | undefined;

  /**
   * @param connections The connections of the server.
   * @param places Where its requests run.
   * @param timeoutMs How long they may go on, in milliseconds.
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
   * Waits for requests, for what is on its way to clients, and for what they
   * still send. What is left at the deadline is cut.
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

  /** Takes note that a connection is closed. */
  onGone(): void {
    this.#onGone?.();
  }

  /** Waits until what was answered has been handed to the system. */
  async #whenSent(): Promise<void> {
    await Promise.all(
      [...this.#connections].map(({ writer }) => writer.drained()),
    );
  }

  /** Waits until no client is still sending what would reset its response. */
  #whenLingered(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onGone = () => {
      for (const { mustLinger } of this.#connections) if (mustLinger) return;
      resolve();
    };
    this.#onGone();
    return promise;
  }

  /** The deadline has passed: what still runs is told, then cut. */
  async #cutAll(): Promise<void> {
    for (const { request } of this.#connections) {
      request?.transport.cancellation.cancel(new ServerStopped());
    }
    await new Promise((resolve) => setTimeout(resolve, ABORT_GRACE_MS));
  }
}
