/**
 * {@linkcode SocketReader}: what arrives on a connection, piece by piece.
 *
 * @module
 */

import { READ_SIZE, returnBuffer, takeBuffer } from "./buffer_pool.ts";
import type { Socket } from "./socket_writer.ts";

/** How many bytes an idle connection has room for. */
const IDLE_BUFFER_SIZE = 2_048;

/** What takes the bytes. */
export interface Receiver {
  /** Whether so much is to come that a large buffer pays. */
  readonly wantsMuch: boolean;
  /** Whether so much waits that no more is read now. */
  readonly isFull: boolean;
  /** How many bytes wait, which count against what is read ahead. */
  readonly ahead: number;
  /** Whether the connection is closed. */
  readonly isClosed: boolean;
  /**
   * Takes bytes, which are borrowed.
   *
   * @param buffer An array that holds them at its beginning.
   * @param count How many of its bytes they are.
   */
  receive(buffer: Uint8Array, count: number): void;
  /** Takes note that the peer has ended its sending side. */
  onEnd(): void;
  /** Takes note that nothing can be read any more. */
  onReadError(error: unknown): void;
}

/**
 * Reads a connection, one piece at a time: into a small buffer of its own while
 * it is idle, into a pooled one while a body arrives.
 */
export class SocketReader {
  readonly #socket: Socket;
  readonly #idleBuffer = new Uint8Array(IDLE_BUFFER_SIZE);
  #resume: (() => void) | undefined;

  /**
   * @param socket The connection.
   */
  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /**
   * Reads until the connection ends.
   *
   * @param receiver What takes the bytes.
   * @returns A promise that resolves when nothing more is read.
   */
  async run(receiver: Receiver): Promise<void> {
    while (!receiver.isClosed) {
      const large = receiver.wantsMuch ? takeBuffer(READ_SIZE) : undefined;
      const buffer = large?.subarray(0, READ_SIZE - receiver.ahead) ??
        this.#idleBuffer;
      let count: number | null;
      try {
        count = await this.#socket.read(buffer);
      } catch (error) {
        if (large !== undefined) returnBuffer(large);
        return receiver.onReadError(error);
      }
      if (count !== null) receiver.receive(buffer, count);
      if (large !== undefined) returnBuffer(large);
      if (count === null) return receiver.onEnd();
      if (receiver.isFull) {
        await new Promise<void>((resolve) => this.#resume = resolve);
      }
    }
  }

  /** Goes on reading, if it has stopped because enough was waiting. */
  resume(): void {
    const resume = this.#resume;
    this.#resume = undefined;
    resume?.();
  }
}
