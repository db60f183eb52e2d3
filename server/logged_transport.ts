/**
 * The transport of a request that is logged.
 *
 * @module
 */

import type { LogEntry } from "./access_log.ts";
import type { Cancellation } from "../gateway/cancellation.ts";
import type { FetchTransport } from "../gateway/fetch/transport.ts";
import type { ResponseHead } from "../gateway/response_head.ts";
import type { Transport } from "../gateway/transport.ts";
import type { Environ } from "../wsgi/types.ts";

/**
 * Counts what goes through another transport, and logs it at its end. Every
 * response passes here on its way out, so nothing else has to know of the log.
 */
export class LoggedTransport implements Transport {
  readonly cancellation: Cancellation;
  readonly #transport: FetchTransport;
  readonly #entry: LogEntry;
  readonly #environ: Environ;
  #status = 0;
  #bytesSent = 0;

  /**
   * @param transport The transport that does the work.
   * @param entry Where the end is told.
   * @param environ The variables of the request.
   */
  constructor(transport: FetchTransport, entry: LogEntry, environ: Environ) {
    this.#transport = transport;
    this.#entry = entry;
    this.#environ = environ;
    this.cancellation = transport.cancellation;
    transport.onLeave = () => this.#end(true);
  }

  respond(head: ResponseHead, body: Uint8Array): void {
    this.#transport.respond(head, body);
    this.#status = head.code;
    this.#bytesSent = body.byteLength;
    this.#end();
  }

  sendFile(
    head: ResponseHead,
    file: () => ReadableStream<Uint8Array>,
  ): Promise<void> | undefined {
    const sending = this.#transport.sendFile(head, file);
    return sending?.then(() => {
      this.#status = head.code;
      this.#bytesSent = head.contentLength ?? 0;
      this.#end();
    });
  }

  sendHead(head: ResponseHead): void {
    this.#transport.sendHead(head);
    this.#status = head.code;
  }

  write(chunk: Uint8Array): void | PromiseLike<void> {
    this.#bytesSent += chunk.byteLength;
    return this.#transport.write(chunk);
  }

  end(): void {
    this.#transport.end();
    this.#end();
  }

  abort(reason: unknown): void {
    this.#transport.abort(reason);
    // Where there is no head yet, the transport makes an answer of its own.
    this.#status ||= 500;
    this.#end();
  }

  #end(clientLeft = false): void {
    this.#entry.end({
      status: this.#status,
      bytesSent: this.#bytesSent,
      clientLeft,
      environ: this.#environ,
    });
  }
}
