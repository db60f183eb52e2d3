/**
 * One connection from a web server: a request on its way in, a response on its
 * way out.
 *
 * @module
 */

import type { ByteSource } from "./header_block.ts";
import { RequestStream } from "./request_stream.ts";

const BLOCK_SIZE = 4_096;

/** How long a web server may take to send what nobody reads. */
const LINGER_MS = 10_000;

/** What is used of a connection, whichever runtime it is of. */
export interface Socket {
  /** Reads what has come; `null` at the end. */
  read(into: Uint8Array): Promise<number | null>;
  /** Writes some of the bytes, and returns how many. */
  write(bytes: Uint8Array): Promise<number>;
  /** Says that nothing more will be written. */
  closeWrite(): Promise<void>;
  /** Closes both ways. */
  close(): void;
}

/** One connection, which carries one request. */
export class BackendConnection implements ByteSource {
  /** Resolves when the connection is closed. */
  readonly over: Promise<void>;
  /** Where the response goes. Its end lets the rest of the request come in. */
  readonly output: WritableStream<Uint8Array>;
  readonly #socket: Socket;
  readonly #over = Promise.withResolvers<void>();
  #controller: WritableStreamDefaultController | undefined;
  /** What has come of the header block, and was not taken. */
  #buffer = new Uint8Array(0);
  #received = 0;
  #stream: RequestStream | undefined;
  #isClosed = false;

  /**
   * @param socket The connection, accepted.
   */
  constructor(socket: Socket) {
    this.#socket = socket;
    this.over = this.#over.promise;
    this.output = new WritableStream({
      start: (controller) => void (this.#controller = controller),
      write: (chunk) => this.#write(chunk),
      close: () => this.#finish(),
      abort: () => this.destroy(),
    });
  }

  /** Whether nothing has come yet. */
  get isIdle(): boolean {
    return this.#received === 0;
  }

  async take(count: number): Promise<Uint8Array | undefined> {
    while (this.#buffer.length < count) {
      const chunk = await this.#read(BLOCK_SIZE);
      if (chunk === undefined) return undefined;
      const joined = new Uint8Array(this.#buffer.length + chunk.length);
      joined.set(this.#buffer);
      joined.set(chunk, this.#buffer.length);
      this.#buffer = joined;
    }
    const taken = this.#buffer.subarray(0, count);
    this.#buffer = this.#buffer.subarray(count);
    return taken;
  }

  /**
   * Begins to receive the request body, which follows what was taken.
   *
   * @param length Its length in bytes.
   * @param onLeave Called when the web server has closed the connection after
   * the request was complete, before the response was.
   * @returns The body.
   */
  receive(length: number, onLeave: () => void): RequestStream {
    const stream = this.#stream = new RequestStream({
      length,
      early: this.#buffer,
      read: (size) => this.#read(size),
    });
    stream.left.then(() => {
      if (!this.#isClosed) onLeave();
    });
    return stream;
  }

  /** Closes the connection at once. Without effect if it is closed. */
  destroy(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#socket.close();
    // As by a reader that has left: no reason, no line in the log.
    this.#controller?.error(undefined);
    this.#stream?.stop();
    this.#over.resolve();
  }

  async #read(size: number): Promise<Uint8Array | undefined> {
    const chunk = new Uint8Array(size);
    try {
      const count = await this.#socket.read(chunk);
      if (count === null) return undefined;
      this.#received += count;
      return chunk.subarray(0, count);
    } catch {
      // It was reset, or closed here: in any case nothing more comes.
      return undefined;
    }
  }

  async #write(chunk: Uint8Array): Promise<void> {
    try {
      let left = chunk;
      while (left.length > 0) {
        left = left.subarray(await this.#socket.write(left));
      }
    } catch (error) {
      throw this.#isClosed ? undefined : error;
    }
  }

  /**
   * Ends the response. Where bytes of the request are on their way, closing
   * would reset the connection, and the web server lose the response.
   */
  async #finish(): Promise<void> {
    try {
      await this.#socket.closeWrite();
    } catch {
      // It is closed at the other end.
    }
    // Nobody waits for it: the response is complete.
    this.#linger().finally(() => this.destroy());
  }

  async #linger(): Promise<void> {
    if (this.#stream === undefined || this.#stream.isComplete) return;
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, LINGER_MS);
    this.#stream.discard();
    await Promise.race([this.#stream.received, this.over, late.promise]);
    clearTimeout(timer);
  }
}
