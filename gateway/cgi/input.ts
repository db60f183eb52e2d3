/**
 * The standard input of a CGI program.
 *
 * @module
 */

/** Reads the standard input and knows how much of it was read. */
export class CgiInput {
  readonly #source: ReadableStream<Uint8Array>;
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #received = 0;

  /**
   * @param source The standard input; untouched until it is read.
   */
  constructor(source: ReadableStream<Uint8Array>) {
    this.#source = source;
  }

  /**
   * Gives the request body. Cancelling it cancels nothing: what is left is for
   * {@linkcode CgiInput.drain}.
   *
   * @returns A stream that reads no byte ahead.
   */
  open(): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        const chunk = await this.#read();
        if (chunk === undefined) controller.close();
        else controller.enqueue(chunk);
      },
    }, { highWaterMark: 0 });
  }

  /**
   * Reads what is left and drops it. A server that could not hand over all of a
   * request body may take the response for a failed one (Apache's mod_cgid).
   *
   * @param length The length of the body; without it all is read.
   */
  async drain(length: number = Infinity): Promise<void> {
    try {
      while (this.#received < length && await this.#read() !== undefined);
    } catch {
      // What cannot be read need not be.
    }
    this.#reader?.releaseLock();
  }

  async #read(): Promise<Uint8Array | undefined> {
    this.#reader ??= this.#source.getReader();
    const { value } = await this.#reader.read();
    this.#received += value?.byteLength ?? 0;
    return value;
  }
}
