/**
 * The request body that a web server sends to a backend.
 *
 * @module
 */

const BLOCK_SIZE = 65_536;

/** How much of a body may wait for somebody to read it, in bytes. */
const AHEAD = 65_536;

/** How much of a body that nobody wants is read, in bytes. */
const MAX_DISCARDED = 64 * 1024 * 1024;

/** Where a body comes from. */
export interface RequestStreamSource {
  /** Its length in bytes. */
  readonly length: number;
  /** What of it has come already. */
  readonly early: Uint8Array;
  /**
   * Reads what comes next.
   *
   * @param size The most bytes.
   * @returns The bytes; nothing at the end. It never rejects.
   */
  readonly read: (size: number) => Promise<Uint8Array | undefined>;
}

/**
 * Receives a request body, a little ahead of its reader, so that after its end
 * the end of the connection is seen.
 */
export class RequestStream {
  /** Resolves when the body has come, as far as it will. */
  readonly received: Promise<void>;
  /** Resolves when the connection has ended after a complete body. */
  readonly left: Promise<void>;
  readonly #read: RequestStreamSource["read"];
  readonly #received = Promise.withResolvers<void>();
  readonly #left = Promise.withResolvers<void>();
  #missing: number;
  #waiting: Uint8Array[] = [];
  /** How many bytes wait. */
  #size = 0;
  #isOver = false;
  #discarded: number | undefined;
  /** Resolves when there are new bytes, or room for more. */
  #changed = Promise.withResolvers<void>();

  /**
   * Begins to receive.
   *
   * @param source Where the body comes from.
   */
  constructor({ length, early, read }: RequestStreamSource) {
    this.received = this.#received.promise;
    this.left = this.#left.promise;
    this.#read = read;
    this.#missing = length;
    this.#add(early.subarray(0, length));
    this.#run();
  }

  /** Whether all of the body has come. */
  get isComplete(): boolean {
    return this.#missing === 0;
  }

  /**
   * Returns the body. Cancelling it cancels nothing.
   *
   * @returns A stream, which ends early where the connection does.
   */
  open(): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        const chunk = await this.#next();
        if (chunk === undefined) controller.close();
        else controller.enqueue(chunk);
      },
    }, { highWaterMark: 0 });
  }

  /** Drops what waits and what is to come, so that the sender can finish. */
  discard(): void {
    this.#discarded ??= 0;
    this.#waiting = [];
    this.#size = 0;
    this.#change();
  }

  /** Receives no more: the connection is closed. */
  stop(): void {
    this.#isOver = true;
    this.#received.resolve();
    this.#change();
  }

  async #run(): Promise<void> {
    while (!this.#isOver && this.#missing > 0) {
      if (this.#size >= AHEAD) {
        await this.#changed.promise;
        continue;
      }
      const chunk = await this.#read(Math.min(this.#missing, BLOCK_SIZE));
      if (chunk === undefined || this.#isTooMuch) return this.stop();
      this.#add(chunk);
    }
    this.#received.resolve();
    // What comes now is no part of the request; only its end says something.
    while (!this.#isOver && await this.#read(64) !== undefined);
    this.#left.resolve();
  }

  get #isTooMuch(): boolean {
    return (this.#discarded ?? 0) > MAX_DISCARDED;
  }

  #add(chunk: Uint8Array): void {
    this.#missing -= chunk.length;
    if (this.#discarded !== undefined) this.#discarded += chunk.length;
    else if (chunk.length > 0) {
      this.#waiting.push(chunk);
      this.#size += chunk.length;
    }
    this.#change();
  }

  async #next(): Promise<Uint8Array | undefined> {
    for (;;) {
      const chunk = this.#waiting.shift();
      if (chunk !== undefined) {
        this.#size -= chunk.length;
        this.#change();
        return chunk;
      }
      if (this.#isOver || this.isComplete) return undefined;
      await this.#changed.promise;
    }
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
