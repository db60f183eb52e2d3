/**
 * The transport that writes a CGI response.
 *
 * @module
 */

import { toBytes } from "../../wsgi/byte_string.ts";
import { Cancellation, ClientDisconnected } from "../cancellation.ts";
import { type ResponseHead, withContentLength } from "../response_head.ts";
import type { Transport } from "../transport.ts";

/** The names and codes of errors that mean that the reader is gone. */
const BROKEN_PIPE: ReadonlySet<unknown> = new Set([
  "BrokenPipe",
  "ConnectionAborted",
  "ConnectionReset",
  "EPIPE",
  "ECONNABORTED",
  "ECONNRESET",
]);

function isBrokenPipe(error: unknown): boolean {
  if (error === undefined) return true; // The reader has cancelled.
  if (!(error instanceof Error)) return false;
  return BROKEN_PIPE.has(error.name) ||
    BROKEN_PIPE.has((error as { code?: unknown }).code);
}

/** The output of a {@linkcode CgiTransport}. */
export interface CgiOutput {
  /** Where the response goes. */
  readonly stream: WritableStream<Uint8Array>;
  /** Whether to close the stream at the end. Otherwise its lock is released. */
  readonly closes: boolean;
  /** Receives messages for the log. */
  readonly log: (message: string) => void;
}

/**
 * Encodes the head of a response: a status line, the headers and an empty line.
 *
 * RFC 3875 section 6.
 *
 * @param head Status and headers.
 * @param statusPrefix The text before the status.
 * @param log Receives warnings for the log.
 * @returns The encoded head.
 */
export function encodeCgiHead(
  head: ResponseHead,
  statusPrefix: string,
  log: (message: string) => void,
): Uint8Array {
  let text = `${statusPrefix} ${head.status}\r\n`;
  for (const [name, value] of head.headers) {
    // The server in front would take this header for the status.
    if (name.toLowerCase() === "status") {
      log("The header Status was dropped: CGI has its own");
    } else text += `${name}: ${value}\r\n`;
  }
  return toBytes(`${text}\r\n`);
}

/**
 * Writes one response in the format of RFC 3875: a status line, the headers, an
 * empty line and the body. The server in front adds `Date` and `Server`.
 */
export class CgiTransport implements Transport {
  readonly cancellation: Cancellation = new Cancellation();
  readonly #output: CgiOutput;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  #last: Promise<void> = Promise.resolve();
  #reason: ClientDisconnected | undefined;
  #isOver = false;

  /**
   * @param output The destination of the response.
   */
  constructor(output: CgiOutput) {
    this.#output = output;
    this.#writer = output.stream.getWriter();
    // Every write reports a failure too; an unhandled rejection would end the
    // process.
    this.#writer.closed.catch(() => {});
    this.#writer.ready.catch(() => {});
  }

  sendHead(head: ResponseHead): void {
    this.#last = this.#write(encodeCgiHead(head, "Status:", this.#output.log));
    this.#last.catch(() => {});
  }

  /**
   * Sends the response to a request that does not reach an application.
   *
   * @param response The head and the body.
   * @param method The method of the request; for HEAD, no body is sent.
   */
  async answer(
    [head, page]: readonly [head: ResponseHead, page: Uint8Array],
    method: string | undefined,
  ): Promise<void> {
    this.sendHead(withContentLength(head, page.byteLength));
    if (method !== "HEAD") this.write(page).catch(() => {});
    await this.end();
  }

  write(chunk: Uint8Array): Promise<void> {
    return this.#last = this.#write(chunk);
  }

  async #write(chunk: Uint8Array): Promise<void> {
    if (this.#reason !== undefined) throw this.#reason;
    try {
      // A chunk that was written counts, even if the server in front has ended
      // the request in the meantime.
      await this.#writer.write(chunk);
    } catch (error) {
      throw this.#leave(error);
    }
  }

  async end(): Promise<void> {
    try {
      await this.#last;
      if (this.#output.closes) await this.#writer.close();
    } catch (error) {
      this.#leave(error);
    }
    this.release();
  }

  abort(reason: unknown): void {
    // A pipe cannot signal that a response was cut off. A stream can.
    if (this.#output.closes) this.#writer.abort(reason).catch(() => {});
    this.release();
  }

  /** Releases the output. Has no effect if it was released before. */
  release(): void {
    this.#isOver = true;
    this.#writer.releaseLock();
  }

  /** Ends the response because the server in front no longer reads. */
  terminate(): void {
    if (!this.#isOver) this.#leave(undefined);
  }

  /** Ends the response because it cannot be written, and returns the reason. */
  #leave(error: unknown): ClientDisconnected {
    if (this.#reason !== undefined) return this.#reason;
    this.#reason = new ClientDisconnected();
    if (!isBrokenPipe(error)) {
      this.#output.log(`The response could not be written: ${error}`);
    }
    this.cancellation.cancel(this.#reason);
    return this.#reason;
  }
}
