/**
 * {@linkcode SocketReader}: reads from a connection.
 *
 * @module
 */

import { READ_SIZE, returnBuffer, takeBuffer } from "./buffer_pool.ts";
import type { Socket } from "./listener.ts";

/** The size of the buffer of an idle connection, in bytes. */
const IDLE_BUFFER_SIZE = 2_048;

/** The receiver of the bytes. */
export interface Receiver {
  /** Whether so many bytes are expected that a large buffer is useful. */
  readonly wantsMuch: boolean;
  /** Whether enough bytes are waiting, so that reading stops. */
  readonly isFull: boolean;
  /** The number of bytes that are waiting, which reduces the next read. */
  readonly ahead: number;
  /** Whether the connection is closed. */
  readonly isClosed: boolean;
  /**
   * Receives bytes, which are borrowed.
   *
   * @param buffer An array that begins with them.
   * @param count The number of received bytes.
   */
  receive(buffer: Uint8Array, count: number): void;
  /** Called when the peer has stopped sending. */
  onEnd(): void;
  /** Called when a read has failed. */
  onReadError(error: unknown): void;
}

/**
 * Reads from a connection: into a small buffer of its own while the connection is
 * idle, into a large one from the pool while a body arrives.
 */
export class SocketReader {
  readonly #socket: Socket;
  readonly #idleBuffer = new Uint8Array(IDLE_BUFFER_SIZE);
  #resume: (() => void) | undefined;

  /**
   * Creates the reader of one connection.
   *
   * @param socket The connection.
   */
  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /**
   * Reads until the connection ends.
   *
   * @param receiver The receiver of the bytes.
   * @returns A promise that resolves when reading has ended.
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

  /** Continues reading after the receiver was full. */
  resume(): void {
    const resume = this.#resume;
    this.#resume = undefined;
    resume?.();
  }
}
