/**
 * The end of a connection: {@linkcode LingeringClose} and {@linkcode
 * HalfCloseGrace}. Both are created only when they are needed.
 *
 * @module
 */

import type { Socket } from "./listener.ts";
import type { SocketWriter } from "./socket_writer.ts";

/**
 * The time, in milliseconds, after which a client that has closed its sending
 * direction counts as gone if the application sends nothing. It may still be
 * reading; only a write would show that.
 */
const HALF_CLOSE_GRACE_MS = 500;

/**
 * The number of bytes that are discarded after the last response. Many clients
 * send a whole body before they read the response.
 */
const MAX_LINGERING_SIZE = 64 * 1_048_576;

/** The time limits for bytes that arrive after the last response. */
export interface LingeringLimits {
  /** The time without a byte, in milliseconds, after which a client is done. */
  readonly quietMs: number;
  /** The maximum time, in milliseconds. */
  readonly timeMs: number;
}

/** Closes a connection in two steps. */
export class LingeringClose {
  readonly #socket: Socket;
  readonly #writer: SocketWriter;
  readonly #limits: LingeringLimits;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #discarded = 0;
  #isStopped = false;

  /**
   * Creates the lingering close of one connection.
   *
   * @param socket The connection.
   * @param writer The writer of the connection.
   * @param limits The limits for lingering.
   */
  constructor(socket: Socket, writer: SocketWriter, limits: LingeringLimits) {
    this.#socket = socket;
    this.#writer = writer;
    this.#limits = limits;
  }

  /**
   * Closes the sending direction after the pending bytes have been sent, and
   * gives the client time to read them. Closing both directions while the client
   * is sending would reset the connection, and the client might lose the
   * response.
   *
   * RFC 9112 section 9.6.
   *
   * @param hasEnded Returns whether the client has stopped sending.
   * @param close Closes the connection.
   */
  async start(hasEnded: () => boolean, close: () => void): Promise<void> {
    this.#writer.flush();
    await this.#writer.drained();
    if (this.#isStopped) return;
    if (hasEnded()) return close();
    this.#watch(close, this.#limits.timeMs);
    try {
      await this.#socket.closeWrite();
    } catch {
      close();
    }
  }

  /** Closes the connection when the client is quiet, or after the given time. */
  #watch(close: () => void, timeMs: number): void {
    const { quietMs } = this.#limits;
    const before = this.#discarded;
    this.#timer = setTimeout(() => {
      const isQuiet = this.#discarded === before;
      if (isQuiet || timeMs <= quietMs) close();
      else this.#watch(close, timeMs - quietMs);
    }, quietMs);
  }

  /**
   * Counts bytes that arrived after the last response.
   *
   * @param count The number of bytes.
   */
  discard(count: number): void {
    this.#discarded += count;
  }

  /**
   * Whether so many bytes have arrived that reading stops. The client can then
   * send no more, and has time to read the response, which a reset might destroy.
   */
  get isFull(): boolean {
    return this.#discarded > MAX_LINGERING_SIZE;
  }

  /** Stops waiting, because the connection is closed. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }
}

/** Waits for a client that has closed its sending direction. */
export class HalfCloseGrace {
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * Starts waiting, as long as the application sends bytes.
   *
   * @param bytesSent Returns the number of bytes sent so far.
   * @param writer The writer of the connection.
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
   * Waits only for pending promise jobs.
   *
   * @param onGone Called after them.
   */
  end(onGone: () => void): void {
    this.stop();
    this.#timer = setTimeout(onGone);
  }

  /** Stops waiting. */
  stop(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
