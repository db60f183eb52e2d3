/**
 * {@linkcode AcceptLoop}: accepts connections until it is stopped.
 *
 * @module
 */

import type { Accepted, Listener } from "./listener.ts";

/**
 * How long to wait when the system has no more connections, in milliseconds.
 * Without a pause this would be a loop that nothing else gets through.
 */
const PAUSE_MS = 100;

/** What an {@linkcode AcceptLoop} works with. */
export interface AcceptLoopOptions {
  /** Where connections come from. */
  readonly listener: Listener;
  /** Takes each connection. */
  readonly onAccept: (accepted: Accepted) => void;
  /** Takes what is worth a line in the log. */
  readonly log: (message: string) => void;
  /** How many connections there may be at a time. */
  readonly maxConnections?: number | undefined;
}

/** Accepts connections. */
export class AcceptLoop {
  readonly #options: AcceptLoopOptions;
  readonly #done: Promise<void>;
  #open = 0;
  #isStopped = false;
  #room: PromiseWithResolvers<void> | undefined;

  /**
   * Begins to accept.
   *
   * @param options What to work with.
   */
  constructor(options: AcceptLoopOptions) {
    this.#options = options;
    this.#done = this.#run();
  }

  /** Takes note that a connection is closed. */
  release(): void {
    this.#open--;
    this.#room?.resolve();
  }

  /**
   * Closes the listener.
   *
   * @returns A promise that resolves when nothing is accepted any more.
   */
  stop(): Promise<void> {
    if (!this.#isStopped) {
      this.#isStopped = true;
      this.#options.listener.close();
      this.#room?.resolve();
    }
    return this.#done;
  }

  async #run(): Promise<void> {
    const { listener, onAccept, log, maxConnections = Infinity } =
      this.#options;
    while (!this.#isStopped) {
      if (this.#open >= maxConnections) {
        this.#room = Promise.withResolvers();
        await this.#room.promise;
        continue;
      }
      try {
        const accepted = await listener.accept();
        if (accepted === undefined) continue;
        if (this.#isStopped) return accepted.socket.close();
        this.#open++;
        onAccept(accepted);
      } catch (error) {
        if (this.#isStopped) return;
        log(`Cannot accept a connection: ${error}`);
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    }
  }
}
