/**
 * The transport that writes an SCGI or uwsgi response.
 *
 * @module
 */

import type { BackendConnection } from "./connection.ts";
import { ClientDisconnected } from "../cancellation.ts";
import { CgiTransport } from "../cgi/transport.ts";
import type { ResponseHead } from "../response_head.ts";

/** Writes one response to the connection of its request. */
export class BackendTransport extends CgiTransport {
  readonly #connection: BackendConnection;
  /** How many bytes Content-Length still promises. */
  #missing = Infinity;
  #hasEnded = false;

  /**
   * @param connection The connection.
   * @param statusPrefix What stands before the status.
   * @param log Receives messages for the log.
   */
  constructor(
    connection: BackendConnection,
    statusPrefix: string,
    log: (message: string) => void,
  ) {
    super({ stream: connection.output, closes: true, log, statusPrefix });
    this.#connection = connection;
  }

  override sendHead(head: ResponseHead): void {
    super.sendHead(head);
    this.#missing = head.contentLength ?? Infinity;
  }

  override async write(chunk: Uint8Array): Promise<void> {
    await super.write(chunk);
    this.#missing -= chunk.byteLength;
  }

  override end(): Promise<void> {
    this.#hasEnded = true;
    return super.end();
  }

  override abort(): void {
    // Aborting the stream would wait for a write that nobody takes.
    this.#connection.destroy();
    this.release();
  }

  /** The web server has closed the connection. */
  leave(): void {
    // Nginx does so when it has what Content-Length says. And a peer that has
    // nothing more to send may still wait for what is on its way.
    if (this.#missing <= 0 || this.#hasEnded) return;
    this.cancellation.cancel(new ClientDisconnected());
    this.#connection.destroy();
  }
}
