/**
 * How a connection ends: {@linkcode SocketEnd} and {@linkcode HalfCloseGrace}.
 *
 * @module
 */

import type { Socket, SocketWriter } from "./socket_writer.ts";

/**
 * How long a client that has ended its sending side is waited for, in
 * milliseconds, while the application sends nothing: it has either left or
 * reads on, and only writing to it shows which.
 */
const HALF_CLOSE_GRACE_MS = 500;

/** What a peer may send after the last response: bytes and milliseconds. */
export interface LingeringLimits {
  readonly size: number;
  readonly timeMs: number;
}

/** Closes a connection, at once or in two steps. */
export class SocketEnd {
  readonly #socket: Socket;
  readonly #writer: SocketWriter;
  readonly #limits: LingeringLimits;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #discarded = 0;
  #isClosed = false;

  /**
   * @param socket The connection.
   * @param writer What is written to it.
   * @param limits How long the peer is given.
   */
  constructor(socket: Socket, writer: SocketWriter, limits: LingeringLimits) {
    this.#socket = socket;
    this.#writer = writer;
    this.#limits = limits;
  }

  /** Whether both sides are closed. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /**
   * Ends the sending side once everything is sent, and gives the client time to
   * read it: closing while it still sends would reset the connection, and the
   * client might lose the response.
   *
   * RFC 9112 section 9.6.
   *
   * @param hasEnded Returns whether the client has ended its sending side.
   * @param close Closes the connection.
   */
  async linger(hasEnded: () => boolean, close: () => void): Promise<void> {
    this.#writer.flush();
    await this.#writer.drained();
    if (this.#isClosed) return;
    if (hasEnded()) return close();
    this.#timer = setTimeout(close, this.#limits.timeMs);
    try {
      await this.#socket.closeWrite();
    } catch {
      close();
    }
  }

  /**
   * Counts bytes that came after the last response.
   *
   * @param count How many.
   * @returns Whether they are still within the limit.
   */
  discard(count: number): boolean {
    this.#discarded += count;
    return this.#discarded <= this.#limits.size;
  }

  /**
   * Closes both sides. A second call does nothing.
   *
   * @param reason What those who wait for room are rejected with.
   */
  close(reason: unknown): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#writer.close(reason);
    try {
      this.#socket.close();
    } catch {
      // The other end was faster.
    }
  }
}

/** Waits for a client that has ended its sending side. */
export class HalfCloseGrace {
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * Begins to wait, for as long as bytes are sent.
   *
   * @param bytesSent Returns how many were handed over so far.
   * @param writer What they are written by.
   * @param onGone Called when the client counts as gone.
   */
  start(
    bytesSent: () => number,
    writer: SocketWriter,
    onGone: () => void,
  ): void {
    this.stop();
    const before = bytesSent();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (bytesSent() === before && writer.isDrained) onGone();
      else this.start(bytesSent, writer, onGone);
    }, HALF_CLOSE_GRACE_MS);
  }

  /**
   * Waits for the promise jobs that are due, and no longer.
   *
   * @param onGone Called then.
   */
  end(onGone: () => void): void {
    this.stop();
    this.#timer = setTimeout(onGone);
  }

  /** Waits no more. */
  stop(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
