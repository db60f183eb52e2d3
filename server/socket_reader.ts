/**
 * {@linkcode SocketReader}: reads from a connection.
 *
 * @module
 */

import { Batch } from "./batch.ts";
import {
  IDLE_SIZE,
  READ_SIZE,
  returnBuffer,
  returnIdleBuffer,
  takeBuffer,
  takeIdleBuffer,
} from "./buffer_pool.ts";
import type { Socket } from "./listener.ts";
import type { PooledBuffer } from "./pooled_buffer.ts";

/**
 * The size of the buffer of an idle connection once its client has sent more than
 * fits into one from the pool, so that its next head arrives in one piece.
 */
const GROWN_IDLE_SIZE = 4_096;

const NOTHING = new Uint8Array(0);

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
  /** Called for an error that the receiver itself has thrown. */
  onFault(error: unknown): void;
}

/**
 * Reads from a connection: into a small buffer of its own while the connection is
 * idle, into a large one from the pool while a body arrives.
 *
 * It has callbacks instead of an async function, because a suspended function
 * would need half a KiB in each idle connection.
 */
export class SocketReader {
  static readonly #continued = new Batch<SocketReader>((each) =>
    each.#startAgain()
  );
  readonly #socket: Socket;
  readonly #receiver: Receiver;
  #idleBuffer = takeIdleBuffer();
  /** The buffer from the pool that the pending read uses. */
  #large: PooledBuffer | undefined;
  #isPaused = false;
  readonly #onRead = (count: number | null): void => this.#receive(count);
  readonly #onError = (error: unknown): void => this.#fail(error);

  /**
   * Creates the reader of one connection.
   *
   * @param socket The connection.
   * @param receiver The receiver of the bytes.
   */
  constructor(socket: Socket, receiver: Receiver) {
    this.#socket = socket;
    this.#receiver = receiver;
  }

  /** Reads, from now on, until the connection ends. */
  start(): void {
    const receiver = this.#receiver;
    if (receiver.isClosed) return this.#end();
    let buffer = this.#idleBuffer;
    if (receiver.wantsMuch) {
      this.#large = takeBuffer(READ_SIZE);
      buffer = this.#large.bytes.subarray(0, READ_SIZE - receiver.ahead);
    }
    this.#socket.read(buffer).then(this.#onRead, this.#onError);
  }

  #startAgain(): void {
    try {
      this.start();
    } catch (error) {
      this.#receiver.onFault(error);
    }
  }

  /** Continues reading after the receiver was full. */
  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#continue();
  }

  /** Reads again, together with other connections. */
  #continue(): void {
    // The state on which the size of the next read depends may still change.
    SocketReader.#continued.add(this);
  }

  #receive(count: number | null): void {
    const receiver = this.#receiver;
    try {
      if (count === null) receiver.onEnd();
      else receiver.receive(this.#large?.bytes ?? this.#idleBuffer, count);
      if (this.#large === undefined && count === IDLE_SIZE) this.#grow();
      this.#release();
      if (count === null) return this.#end();
      if (receiver.isFull) this.#isPaused = true;
      else this.#continue();
    } catch (error) {
      receiver.onFault(error);
    }
  }

  #fail(error: unknown): void {
    this.#release();
    this.#end();
    try {
      this.#receiver.onReadError(error);
    } catch (fault) {
      this.#receiver.onFault(fault);
    }
  }

  #grow(): void {
    if (this.#idleBuffer.length !== IDLE_SIZE) return;
    this.#replaceIdle(new Uint8Array(GROWN_IDLE_SIZE));
  }

  /** Gives up the buffer of its own after the last read. */
  #end(): void {
    this.#replaceIdle(NOTHING);
  }

  #replaceIdle(next: Uint8Array): void {
    const last = this.#idleBuffer;
    // Others do not come from the pool.
    if (last.length === IDLE_SIZE) returnIdleBuffer(last);
    this.#idleBuffer = next;
  }

  #release(): void {
    if (this.#large !== undefined) returnBuffer(this.#large);
    this.#large = undefined;
  }
}
