/**
 * {@linkcode SocketWriter}: what is written to a connection, in order.
 *
 * @module
 */

import { Gate } from "../gateway/gate.ts";
import { POOLED_SIZE } from "./buffer_pool.ts";
import { GatheringBuffer } from "./gathering_buffer.ts";

/** The parts of a connection that this room uses, whatever it runs over. */
export interface Socket {
  /** Reads what has come, into an array; `null` at the end. */
  read(into: Uint8Array): Promise<number | null>;
  /** Writes some of the bytes and resolves to how many. */
  write(bytes: Uint8Array): Promise<number>;
  /** Ends the sending side. */
  closeWrite(): Promise<void>;
  /** Closes both sides. */
  close(): void;
}

/**
 * How long bytes may be gathered without a turn of the event loop, in
 * milliseconds: a generator that computes for long must not hold them back.
 */
const MAX_GATHERING_MS = 2;

/**
 * For how many promise jobs a body waits for its next chunk after a write. An
 * async generator that waits for nothing makes one in three, so that its chunks
 * are gathered as those of a sync one are. Whatever waits for the event loop
 * takes longer.
 */
const MAX_JOBS = 8;

const RESOLVED = Promise.resolve();

/** From this size on, bytes are sent from where they are, without a copy. */
const MIN_DIRECT = 32_768;

/**
 * Writes bytes in order. While a write is under way it gathers what comes next,
 * up to one buffer, and lets the caller go on: many small chunks become a few
 * writes.
 *
 * PEP 3333, "Buffering and Streaming", allows to transmit a block while the
 * application produces the next one.
 */
export class SocketWriter {
  readonly #socket: Socket;
  readonly #onFailure: (error: unknown) => void;
  readonly #gate = new Gate();
  /** What was gathered since the last write. */
  readonly #gathered = new GatheringBuffer();
  /** What is being written, and how much of it has been. */
  #current: Uint8Array | undefined;
  #written = 0;
  #taken = 0;
  /** The last known turn of the event loop, by `performance.now()`. */
  #since = 0;
  /** Whether that was gathered. */
  #isPooled = false;
  /** What follows: chunks that are not copied, and what came after them. */
  readonly #queue: Uint8Array[] = [];
  #isClosed = false;
  #isBroken = false;
  /** Whether what was written last is a chunk of a body that goes on. */
  #isStreaming = false;
  /** How many promise jobs are left until what was gathered is sent. */
  #jobs = 0;
  #whenDrained: (() => void) | undefined;
  readonly #onWritten = (count: number): void => this.#advance(count);
  readonly #onError = (error: unknown): void => this.#fail(error);
  readonly #onJob = (): void => this.#countJob();

  /**
   * @param socket The connection.
   * @param onFailure Called once, when the peer takes no more.
   */
  constructor(socket: Socket, onFailure: (error: unknown) => void) {
    this.#socket = socket;
    this.#onFailure = onFailure;
  }

  get #isOver(): boolean {
    return this.#isClosed || this.#isBroken;
  }

  /** How many bytes the system has taken so far. */
  get taken(): number {
    return this.#taken;
  }

  /** Whether more waits than one buffer: nothing should be added now. */
  get isFull(): boolean {
    return this.#queue.length > 0;
  }

  /** Whether everything has been handed to the system. */
  get isDrained(): boolean {
    return this.#current === undefined && this.#gathered.length === 0 &&
      this.#queue.length === 0;
  }

  /**
   * Adds bytes, which are copied. They leave with the next
   * {@linkcode SocketWriter.flush}.
   *
   * @param bytes The bytes.
   */
  add(bytes: Uint8Array): void {
    if (this.#isOver || bytes.length === 0) return;
    if (this.#queue.length > 0 || !this.#gathered.add(bytes)) {
      this.#queue.push(bytes.slice());
    }
  }

  /**
   * Adds a chunk and sends it, with what was added before.
   *
   * @param chunk The bytes. A large chunk is not copied: it must not change
   * until the result says that there is room again.
   * @param after Bytes that follow the chunk; they are copied.
   * @param isLast Whether nobody waits for the result, because the body is
   * complete with this chunk: it is copied then.
   * @returns Nothing if more can be written at once; otherwise what resolves
   * when it can, and rejects when the peer takes no more.
   */
  write(
    chunk: Uint8Array,
    after: Uint8Array,
    isLast: boolean = false,
  ): void | PromiseLike<void> {
    if (this.#isOver) return this.#gate;
    const now = performance.now();
    this.#isStreaming = true;
    if (this.#current === undefined && this.#jobs === 0) this.#since = now;
    if (chunk.length < MIN_DIRECT) this.add(chunk);
    else this.#queue.push(isLast ? chunk.slice() : chunk);
    this.add(after);
    const isLate = now - this.#since >= MAX_GATHERING_MS;
    if (this.#jobs === 0 || isLate || !this.#hasRoom) this.#send();
    const isDirect = chunk.length >= MIN_DIRECT || this.#queue.length > 0;
    if (!isDirect && !isLate && this.#hasRoom) return;
    this.#gate.close();
    return this.#gate;
  }

  /** Whether a further chunk may be gathered. */
  get #hasRoom(): boolean {
    return this.#queue.length === 0 &&
      POOLED_SIZE - this.#gathered.length >= MIN_DIRECT;
  }

  /** Sends what was added, unless a write is under way that it will follow. */
  flush(): void {
    this.#isStreaming = false;
    this.#send();
  }

  #send(): void {
    this.#jobs = 0;
    if (this.#current === undefined && !this.#isOver) this.#next();
  }

  /**
   * Waits until everything has been handed to the system, or cannot be.
   *
   * @returns A promise that resolves then.
   */
  drained(): Promise<void> {
    if (this.isDrained || this.#isOver) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    const before = this.#whenDrained;
    this.#whenDrained = () => {
      before?.();
      resolve();
    };
    return promise;
  }

  /**
   * Drops what has not been written.
   *
   * @param reason What those who wait are rejected with.
   */
  close(reason: unknown): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#drop();
    this.#gate.fail(reason);
  }

  #drop(): void {
    this.#gathered.drop();
    this.#queue.length = 0;
    this.#jobs = 0;
    this.#settle();
  }

  /** Begins the next write, if there is anything left. */
  #next(): void {
    const gathered = this.#gathered.take();
    this.#isPooled = gathered !== undefined;
    this.#current = gathered ?? this.#queue.shift();
    if (this.#current === undefined) this.#settle();
    else this.#writeSome();
    // A chunk that is not copied has to have left; what was gathered may be on
    // its way, since there is room for more of it.
    const isDirect = this.#current !== undefined && !this.#isPooled;
    if (!isDirect && this.#queue.length === 0) this.#gate.open();
  }

  #writeSome(): void {
    const current = this.#current;
    if (current === undefined) return;
    const rest = this.#written === 0
      ? current
      : current.subarray(this.#written);
    this.#socket.write(rest).then(this.#onWritten, this.#onError);
  }

  #advance(count: number): void {
    this.#taken += count;
    if (this.#isClosed) return this.#release();
    this.#written += count;
    if (this.#written < (this.#current?.length ?? 0)) return this.#writeSome();
    this.#written = 0;
    this.#release();
    if (this.#isStreaming) this.#since = performance.now();
    if (this.#isStreaming && !this.#gate.isClosed && this.#hasRoom) {
      this.#jobs = MAX_JOBS;
      RESOLVED.then(this.#onJob);
      if (this.#gathered.length === 0) this.#settle();
    } else this.#next();
  }

  /** The body may have a further chunk ready, in a few promise jobs. */
  #countJob(): void {
    if (this.#jobs === 0) return;
    if (--this.#jobs > 0) RESOLVED.then(this.#onJob);
    else this.#send();
  }

  #fail(error: unknown): void {
    this.#release();
    if (this.#isClosed) return;
    // Nothing can be written any more. Those who wait learn of it by close().
    this.#isBroken = true;
    this.#drop();
    this.#gate.close();
    this.#onFailure(error);
  }

  #release(): void {
    if (this.#isPooled) this.#gathered.release();
    this.#isPooled = false;
    this.#current = undefined;
  }

  #settle(): void {
    const settle = this.#whenDrained;
    this.#whenDrained = undefined;
    settle?.();
  }
}
