/**
 * {@linkcode SocketWriter}: writes to a connection.
 *
 * @module
 */

import { Gate } from "../gateway/gate.ts";
import { Batch } from "./batch.ts";
import { POOLED_SIZE } from "./buffer_pool.ts";
import { GatheringBuffer } from "./gathering_buffer.ts";
import { JobCountdown } from "./job_countdown.ts";
import type { Socket } from "./listener.ts";

/**
 * The maximum time, in milliseconds, for gathering bytes without a turn of the
 * event loop. A generator that computes for a long time must not delay them.
 */
const MAX_GATHERING_MS = 2;

/** The minimum size, in bytes, of a chunk that is sent without a copy. */
const MIN_DIRECT = 32_768;

/** Notified about failed writes. */
export interface WriteObserver {
  /** Called once, when a write has failed. */
  onWriteError(error: unknown): void;
}

/**
 * Writes bytes in order. While a write is pending, further bytes are gathered, so
 * that many small chunks become a few writes.
 *
 * PEP 3333, "Buffering and Streaming", allows a server to transmit a block while
 * the application produces the next one.
 */
export class SocketWriter {
  static readonly #flushed = new Batch<SocketWriter>((each) =>
    each.#sendFlushed()
  );
  readonly #socket: Socket;
  readonly #observer: WriteObserver;
  /** Created when the first body is streamed. */
  #gate: Gate | undefined;
  /** The bytes that were gathered since the last write. */
  readonly #gathered = new GatheringBuffer();
  /** The bytes of the pending write, and the number of written ones. */
  #current: Uint8Array | undefined;
  #written = 0;
  #taken = 0;
  /** The last known turn of the event loop, by `performance.now()`. */
  #since = 0;
  /** Whether the pending write has a buffer from the pool. */
  #isPooled = false;
  /** The next writes: chunks that are not copied, and bytes after them. */
  readonly #queue: Uint8Array[] = [];
  #isClosed = false;
  #isBroken = false;
  /** Whether further chunks of a body may follow. */
  #isStreaming = false;
  /**
   * Runs until the gathered bytes are sent. Created when the first body is
   * streamed.
   */
  #countdown: JobCountdown | undefined;
  #onDrained: (() => void)[] | undefined;
  readonly #onWritten = (count: number): void => this.#advance(count);
  readonly #onError = (error: unknown): void => this.#fail(error);

  /**
   * Creates the writer of one connection.
   *
   * @param socket The connection.
   * @param observer Notified about failed writes.
   */
  constructor(socket: Socket, observer: WriteObserver) {
    this.#socket = socket;
    this.#observer = observer;
  }

  get #isCounting(): boolean {
    return this.#countdown?.isRunning === true;
  }

  get #isOver(): boolean {
    return this.#isClosed || this.#isBroken;
  }

  /** The number of bytes that the system has accepted. */
  get taken(): number {
    return this.#taken;
  }

  /** Whether more than one buffer is waiting, so that the caller should wait. */
  get isFull(): boolean {
    return this.#queue.length > 0;
  }

  /** Whether all bytes have been passed to the system. */
  get isDrained(): boolean {
    return this.#current === undefined && this.#gathered.length === 0 &&
      this.#queue.length === 0;
  }

  /**
   * Adds a copy of bytes. They are sent by the next {@linkcode
   * SocketWriter.flush}.
   *
   * @param bytes The bytes.
   * @param isConstant Whether the array will never change, so that another
   * response may not need the copy.
   */
  add(bytes: Uint8Array, isConstant: boolean = false): void {
    if (this.#isOver || bytes.length === 0) return;
    if (this.#queue.length > 0 || !this.#gathered.add(bytes, isConstant)) {
      this.#queue.push(bytes.slice());
    }
  }

  /**
   * Adds a chunk and sends it, together with earlier bytes.
   *
   * @param chunk The bytes. A large chunk is not copied: it must not change
   * before the result resolves.
   * @param after Bytes that follow the chunk; they are copied.
   * @param isLast Whether the chunk is the last one of its body. Because the
   * caller does not wait for the result, it is always copied.
   * @returns Nothing if more can be written immediately; otherwise a promise
   * that resolves when it can, and rejects when the connection has failed.
   */
  write(
    chunk: Uint8Array,
    after: Uint8Array,
    isLast: boolean = false,
  ): void | PromiseLike<void> {
    const gate = this.#gate ??= new Gate();
    if (this.#isOver) return gate;
    const now = performance.now();
    this.#isStreaming = true;
    const isIdle = this.#current === undefined && !this.#isCounting;
    if (isIdle) this.#since = now;
    if (chunk.length < MIN_DIRECT) this.add(chunk);
    else this.#queue.push(isLast ? chunk.slice() : chunk);
    this.add(after);
    const isLate = now - this.#since >= MAX_GATHERING_MS;
    if (!this.#isCounting || isLate || !this.#hasRoom) this.#send();
    const isDirect = chunk.length >= MIN_DIRECT || this.#queue.length > 0;
    if (!isDirect && !isLate && this.#hasRoom) return;
    gate.close();
    return gate;
  }

  /** Whether another chunk can be gathered. */
  get #hasRoom(): boolean {
    return this.#queue.length === 0 &&
      POOLED_SIZE - this.#gathered.length >= MIN_DIRECT;
  }

  /**
   * Sends the added bytes together with those of other connections, if a write is
   * pending then after it.
   */
  flush(): void {
    this.#isStreaming = false;
    SocketWriter.#flushed.add(this);
  }

  #sendFlushed(): void {
    // The next response may already be sent in chunks.
    if (this.#isStreaming) return;
    try {
      this.#send();
    } catch (error) {
      this.#fail(error);
    }
  }

  #send(): void {
    this.#countdown?.stop();
    if (this.#current === undefined && !this.#isOver) this.#next();
  }

  /**
   * Waits until all bytes have been passed to the system, or a write has failed.
   *
   * @returns A promise that resolves then.
   */
  drained(): Promise<void> {
    if (this.isDrained || this.#isOver) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    (this.#onDrained ??= []).push(resolve);
    return promise;
  }

  /**
   * Drops the bytes that have not been written.
   *
   * @param reason The reason with which pending writes reject.
   */
  close(reason: unknown): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#drop();
    (this.#gate ??= new Gate()).fail(reason);
  }

  #drop(): void {
    this.#gathered.drop();
    this.#queue.length = 0;
    this.#countdown?.stop();
    this.#settle();
  }

  /** Starts the next write, if there are more bytes. */
  #next(): void {
    let next = this.#gathered.take();
    this.#isPooled = next !== undefined;
    // Calling shift() in vain would cost more than this test.
    if (next === undefined && this.#queue.length > 0) {
      next = this.#queue.shift();
    }
    this.#current = next;
    if (this.#current === undefined) this.#settle();
    else this.#writeSome();
    // A chunk without a copy must be written before the caller continues. After
    // gathered bytes, there is immediately room for more.
    const isDirect = this.#current !== undefined && !this.#isPooled;
    if (!isDirect && this.#queue.length === 0) this.#gate?.open();
  }

  #writeSome(): void {
    const current = this.#current;
    if (current === undefined) return;
    const written = this.#written;
    const rest = written === 0 ? current : current.subarray(written);
    this.#socket.write(rest).then(this.#onWritten, this.#onError);
  }

  #advance(count: number): void {
    this.#taken += count;
    if (this.#isClosed) return this.#release();
    this.#written += count;
    if (this.#written < (this.#current?.length ?? 0)) return this.#writeSome();
    this.#written = 0;
    this.#release();
    if (!this.#isStreaming) return this.#next();
    this.#since = performance.now();
    if (this.#gate?.isClosed !== true && this.#hasRoom) {
      this.#countdown ??= new JobCountdown(() => this.#send());
      this.#countdown.start();
      if (this.#gathered.length === 0) this.#settle();
    } else this.#next();
  }

  #fail(error: unknown): void {
    this.#release();
    if (this.#isClosed) return;
    // Pending writes reject when close() is called.
    this.#isBroken = true;
    this.#drop();
    (this.#gate ??= new Gate()).close();
    this.#observer.onWriteError(error);
  }

  #release(): void {
    if (this.#isPooled) this.#gathered.release();
    this.#isPooled = false;
    this.#current = undefined;
  }

  #settle(): void {
    const callbacks = this.#onDrained;
    this.#onDrained = undefined;
    callbacks?.forEach((callback) => callback());
  }
}
