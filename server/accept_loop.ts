/**
 * {@linkcode AcceptLoop}: accepts connections until it is stopped.
 *
 * @module
 */

import type { Accepted, Listener } from "./listener.ts";

/**
 * The pause after an error, in milliseconds. Without it, the loop would occupy
 * the event loop while the system has no free descriptors.
 */
const PAUSE_MS = 100;

/** The options of an {@linkcode AcceptLoop}. */
export interface AcceptLoopOptions {
  /** The source of connections. */
  readonly listener: Listener;
  /** Receives each connection. */
  readonly onAccept: (accepted: Accepted) => void;
  /** Receives messages for the log. */
  readonly log: (message: string) => void;
  /** The maximum number of open connections. */
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
   * Starts accepting.
   *
   * @param options The listener and the callbacks.
   */
  constructor(options: AcceptLoopOptions) {
    this.#options = options;
    this.#done = this.#run();
  }

  /** Counts a connection that has closed. */
  release(): void {
    this.#open--;
    this.#room?.resolve();
  }

  /**
   * Closes the listener.
   *
   * @returns A promise that resolves when no more connections are accepted.
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
