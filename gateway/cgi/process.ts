/**
 * The parts of its process that a CGI program uses: the standard streams, and
 * the signal with which a web server ends it.
 *
 * @module
 */

/** The parts of Deno that this file uses. */
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
 * Returns the standard streams and the exit code of this process.
 *
 * @returns The `Deno` namespace.
 * @throws {TypeError} If the runtime is not Deno.
 */
export function standardStreams(): Pick<
  DenoProcess,
  "stdin" | "stdout" | "exitCode"
> {
  const found = runtime();
  if (found !== undefined) return found;
  throw new TypeError(
    "Cannot run under CGI: outside Deno, stdin and stdout must be passed",
  );
}

/** Reads the standard input and counts the bytes. */
export class CgiInput {
  readonly #source: ReadableStream<Uint8Array>;
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #received = 0;

  /**
   * @param source The standard input; not locked until it is read.
   */
  constructor(source: ReadableStream<Uint8Array>) {
    this.#source = source;
  }

  /**
   * Returns the request body. Cancelling it has no effect, because {@linkcode
   * CgiInput.drain} reads the rest.
   *
   * @returns A stream that does not read ahead.
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
   * Reads the rest and drops it. A server that cannot pass on the whole request
   * body may consider the response failed (Apache's mod_cgid).
   *
   * @param length The length of the body in bytes. By default, everything is
   * read.
   */
  async drain(length: number = Infinity): Promise<void> {
    try {
      while (this.#received < length && await this.#read() !== undefined);
    } catch {
      // If the rest cannot be read, nothing needs to be drained.
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
 * Calls a function at the first SIGTERM. A web server sends it when its client
 * has left or has received the whole Content-Length. Without a listener, the
 * program would end immediately and close nothing. The second SIGTERM ends the
 * program.
 *
 * @param stop Ends the running request.
 * @returns A function that stops listening.
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
    // Windows has no SIGTERM.
    return () => {};
  }
  return remove;
}
