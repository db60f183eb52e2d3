/**
 * The source of the bytes of a request body.
 *
 * @module
 */

/**
 * The error if a request body cannot be read because other code has read it.
 * The client is not at fault, so the response is 500.
 */
export class BodyTakenError extends Error {
  /** The name of the class, as in the first line of a stack trace. */
  override readonly name = "BodyTakenError";

  /**
   * Creates the error.
   *
   * @param reason The end of the message, without a period.
   */
  constructor(reason: string) {
    super(
      `Cannot read the request body: ${reason}. Call this application before the code that reads the body`,
    );
  }
}

/** The source of the bytes of a request body. */
export interface BodySource {
  /**
   * Reads the next bytes. Only one call may be pending.
   *
   * @returns The bytes, which belong to the caller; `undefined` at the end. Any
   * rejection other than a {@linkcode BodyTakenError} means that the client has
   * cut the body short.
   */
  read(): Promise<Uint8Array | undefined>;
  /** Releases a source that has been read to its end. */
  release(): void;
  /**
   * Cancels a source before its end, because no more will be read. A pending
   * read() may never settle.
   *
   * @param reason Why the rest is not read.
   */
  cancel(reason: unknown): void;
}

/**
 * A body from a stream. The stream stays locked while it may have more bytes.
 */
export class StreamSource implements BodySource {
  readonly #stream: ReadableStream<Uint8Array>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;

  /**
   * @param stream The stream of the body.
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
    // An error while cancelling no longer matters.
    this.#stream.cancel(reason).catch(() => {});
  }
}
