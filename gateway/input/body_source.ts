/**
 * Where the bytes of a request body come from.
 *
 * @module
 */

/**
 * Says that a request body cannot be read because other code of the program has
 * read it. The client is not at fault, so the request fails with 500.
 */
export class BodyTakenError extends Error {
  /** The name of the class, as in the first line of a stack trace. */
  override readonly name = "BodyTakenError";

  /**
   * Creates the error.
   *
   * @param reason What was done with the body, without a final period.
   */
  constructor(reason: string) {
    super(
      `Cannot read the request body: ${reason}. Call this application before the code that reads the body`,
    );
  }
}

/** Where the bytes of a request body come from. */
export interface BodySource {
  /**
   * Reads what comes next. One call at a time.
   *
   * @returns The bytes, which belong to the caller; `undefined` at the end. A
   * rejection means that the client has cut the body short, unless it is a
   * {@linkcode BodyTakenError}.
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
