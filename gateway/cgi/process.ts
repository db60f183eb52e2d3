/**
 * What a CGI program has of its process: the standard streams, and the signal by
 * which a web server ends it.
 *
 * @module
 */

/** What this file needs of Deno. */
interface DenoProcess {
  readonly stdin: {
    readonly readable: ReadableStream<Uint8Array>;
    isTerminal(): boolean;
  };
  readonly stdout: { readonly writable: WritableStream<Uint8Array> };
  exitCode: number;
  addSignalListener(signal: "SIGTERM", listener: () => void): void;
  removeSignalListener(signal: "SIGTERM", listener: () => void): void;
}

function runtime(): DenoProcess | undefined {
  return (globalThis as { Deno?: DenoProcess }).Deno;
}

/**
 * Returns the standard streams, and the exit code, of this process.
 *
 * @returns The runtime's object that has them.
 * @throws {TypeError} If the runtime is not Deno.
 */
export function standardStreams(): Pick<
  DenoProcess,
  "stdin" | "stdout" | "exitCode"
> {
  const found = runtime();
  if (found !== undefined) return found;
  throw new TypeError(
    "Cannot run under CGI: outside of Deno stdin and stdout must be given",
  );
}

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
   * Returns the request body. Cancelling it cancels nothing: what is left is
   * for {@linkcode CgiInput.drain}.
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

/**
 * Calls at the first SIGTERM. A web server sends it when its client has left,
 * or has all that Content-Length promised; without a listener the program would
 * end at once, and nothing would be closed. The second one ends the program.
 *
 * @param stop Ends what is running.
 * @returns Stops listening.
 */
export function onTermination(stop: () => void): () => void {
  const process = runtime();
  const listener = (): void => {
    remove();
    stop();
  };
  const remove = (): void => process?.removeSignalListener("SIGTERM", listener);
  try {
    process?.addSignalListener("SIGTERM", listener);
  } catch {
    // Windows has no such signal.
    return () => {};
  }
  return remove;
}
