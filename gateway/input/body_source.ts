/**
 * Where the bytes of a request body come from.
 *
 * @module
 */

/** Where the bytes of a request body come from. */
export interface BodySource {
  /**
   * Reads what comes next. One call at a time.
   *
   * @returns The bytes, which belong to the caller; `undefined` at the end.
   */
  read(): Promise<Uint8Array | undefined>;
  /** Lets go of a source of which nothing more is read, at its end. */
  release(): void;
  /**
   * Ends a source of which nothing more is read, before its end. A pending
   * read() may stay pending.
   *
   * @param reason Why.
   */
  cancel(reason: unknown): void;
}

/** A body that comes as a stream. It stays locked while it may have more. */
export class StreamSource implements BodySource {
  readonly #stream: ReadableStream<Uint8Array>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;

  /**
   * @param stream The stream.
   * @throws {TypeError} If it is locked.
   */
  constructor(stream: ReadableStream<Uint8Array>) {
    this.#stream = stream;
    this.#reader = stream.getReader();
  }

  async read(): Promise<Uint8Array | undefined> {
    const { done, value } = await this.#reader.read();
    return done ? undefined : value;
  }

  release(): void {
    this.#reader.releaseLock();
  }

  cancel(reason: unknown): void {
    this.#reader.releaseLock();
    // Whether the stream can be cancelled matters to nobody any more.
    this.#stream.cancel(reason).catch(() => {});
  }
}
