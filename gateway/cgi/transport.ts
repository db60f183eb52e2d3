/**
 * The transport that writes a CGI response.
 *
 * @module
 */

import { toBytes } from "../../wsgi/byte_string.ts";
import { Cancellation, ClientDisconnected } from "../cancellation.ts";
import { type ResponseHead, withContentLength } from "../response_head.ts";
import type { Transport } from "../transport.ts";

/** The names and codes of errors which say that nobody reads any more. */
const BROKEN_PIPE: ReadonlySet<unknown> = new Set([
  "BrokenPipe",
  "ConnectionAborted",
  "ConnectionReset",
  "EPIPE",
  "ECONNABORTED",
  "ECONNRESET",
]);

function isBrokenPipe(error: unknown): boolean {
  if (error === undefined) return true; // A reader that cancelled.
  if (!(error instanceof Error)) return false;
  return BROKEN_PIPE.has(error.name) ||
    BROKEN_PIPE.has((error as { code?: unknown }).code);
}

/** What {@linkcode CgiTransport} needs to know of its output. */
export interface CgiOutput {
  /** Where the response goes. */
  readonly stream: WritableStream<Uint8Array>;
  /** Whether to close it at the end, or to let it go. */
  readonly closes: boolean;
  /** Receives messages for the log. */
  readonly log: (message: string) => void;
}

/**
 * Encodes the head of a response: a line with the status, the headers, an empty
 * line.
 *
 * RFC 3875 section 6.
 *
 * @param head Status and headers.
 * @param statusPrefix What stands before the status.
 * @param log Takes what is worth a line in the log.
 * @returns The bytes.
 */
export function encodeCgiHead(
  head: ResponseHead,
  statusPrefix: string,
  log: (message: string) => void,
): Uint8Array {
  let text = `${statusPrefix} ${head.status}\r\n`;
  for (const [name, value] of head.headers) {
    // To the server in front a header of this name would be another status.
    if (name.toLowerCase() === "status") {
      log("The header Status was dropped: CGI has its own");
    } else text += `${name}: ${value}\r\n`;
  }
  return toBytes(`${text}\r\n`);
}

/**
 * Writes one response as RFC 3875 has it: a line with the status, the headers,
 * an empty line, the body. The server in front adds `Date` and `Server`.
 */
export class CgiTransport implements Transport {
  readonly cancellation: Cancellation = new Cancellation();
  readonly #output: CgiOutput;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  #last: Promise<void> = Promise.resolve();
  #reason: ClientDisconnected | undefined;
  #isOver = false;

  /**
   * @param output Where the response goes.
   */
  constructor(output: CgiOutput) {
    this.#output = output;
    this.#writer = output.stream.getWriter();
    // Every write reports it too; here it only must not end the process.
    this.#writer.closed.catch(() => {});
    this.#writer.ready.catch(() => {});
  }

  sendHead(head: ResponseHead): void {
    this.#last = this.#write(encodeCgiHead(head, "Status:", this.#output.log));
    this.#last.catch(() => {});
  }

  /**
   * Answers a request that no application sees.
   *
   * @param response Head and body.
   * @param method The method of the request.
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
    try {
      if (this.#reason === undefined) await this.#writer.write(chunk);
    } catch (error) {
      this.#leave(error);
    }
    if (this.#reason !== undefined) throw this.#reason;
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
    // A pipe has no way to say that a response is broken. A stream has one.
    if (this.#output.closes) this.#writer.abort(reason).catch(() => {});
    this.release();
  }

  /** Lets the output go. Without effect if that was done before. */
  release(): void {
    this.#isOver = true;
    this.#writer.releaseLock();
  }

  /** The server in front says that nobody reads any more. */
  terminate(): void {
    if (!this.#isOver) this.#leave(undefined);
  }

  /** Nobody reads any more, or nothing can be written. */
  #leave(error: unknown): void {
    if (this.#reason !== undefined) return;
    this.#reason = new ClientDisconnected();
    if (!isBrokenPipe(error)) {
      this.#output.log(`The response could not be written: ${error}`);
    }
    this.cancellation.cancel(this.#reason);
  }
}
