/**
 * {@linkcode HttpTransport}: one HTTP/1.1 response on its way to a connection.
 *
 * @module
 */

import { Cancellation, ClientDisconnected } from "../gateway/cancellation.ts";
import {
  type ResponseHead,
  withContentLength,
} from "../gateway/response_head.ts";
import type { Transport } from "../gateway/transport.ts";
import type { RequestHead } from "../http1/request_head.ts";
import {
  type BodyFraming,
  CHUNK_END,
  encodeChunkSize,
  LAST_CHUNK,
  type ResponseEncoder,
} from "../http1/response_encoder.ts";
import type { SocketWriter } from "./socket_writer.ts";

const NOTHING = new Uint8Array(0);
const CONTINUE = new TextEncoder().encode("HTTP/1.1 100 Continue\r\n\r\n");

/** The connection that a response is sent over. */
export interface HttpChannel {
  /** What is written to it. */
  readonly writer: SocketWriter;
  /** Encodes heads. */
  readonly encoder: ResponseEncoder;
  /**
   * Decides whether a further request may follow on the connection, when the
   * head of a response leaves.
   *
   * @param isWhole Whether the body of the response is complete, so that nobody
   * will read the body of the request any more.
   */
  mayKeepAlive(isWhole: boolean): boolean;
  /**
   * Closes the connection as soon as everything is sent that was handed over,
   * so that a response stays incomplete.
   */
  breakOff(reason: unknown): void;
}

/** Sends one response over a connection. */
export class HttpTransport implements Transport {
  readonly cancellation: Cancellation = new Cancellation();
  readonly #channel: HttpChannel;
  readonly #request: RequestHead;
  #framing: BodyFraming | undefined;
  #status = 0;
  #bytesSent = 0;
  #isOver = false;
  #keepsAlive = false;

  /**
   * @param channel The connection.
   * @param request The request that is answered.
   */
  constructor(channel: HttpChannel, request: RequestHead) {
    this.#channel = channel;
    this.#request = request;
  }

  /** The status code that was sent; 0 as long as there is none. */
  get status(): number {
    return this.#status;
  }

  /** How many bytes of the body were handed over. */
  get bytesSent(): number {
    return this.#bytesSent;
  }

  /** Whether the response is complete. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether the client was told that a further request may follow. */
  get keepsAlive(): boolean {
    return this.#keepsAlive;
  }

  /**
   * Asks the client for the body that it holds back. Without effect once a
   * response has begun, which is an answer too.
   *
   * RFC 9110 section 10.1.1.
   */
  sendContinue(): void {
    if (this.#framing !== undefined || this.#isOver) return;
    this.#channel.writer.add(CONTINUE);
    this.#channel.writer.flush();
  }

  sendHead(head: ResponseHead): void {
    this.#addHead(head, false);
  }

  respond(head: ResponseHead, body: Uint8Array): void {
    const { writer } = this.#channel;
    this.#addHead(withContentLength(head, body.length), true);
    this.#isOver = true;
    if (this.#framing === "none" || body.length === 0) return writer.flush();
    this.#bytesSent = body.length;
    // Copied: the application may change its chunk while it is on its way.
    writer.add(body);
    writer.flush();
  }

  #addHead(head: ResponseHead, isWhole: boolean): void {
    const { method, version } = this.#request;
    const { encoder, writer } = this.#channel;
    const keepsAlive = this.#channel.mayKeepAlive(isWhole);
    const context = { method, version, keepsAlive };
    const encoded = encoder.encode(head, context, Date.now());
    this.#status = head.code;
    this.#framing = encoded.framing;
    this.#keepsAlive = encoded.keepsAlive;
    writer.add(encoded.bytes);
  }

  write(chunk: Uint8Array): void | PromiseLike<void> {
    const { writer } = this.#channel;
    this.#bytesSent += chunk.length;
    if (this.#framing !== "chunked") return writer.write(chunk, NOTHING);
    writer.add(encodeChunkSize(chunk.length));
    return writer.write(chunk, CHUNK_END);
  }

  end(): void {
    const { writer } = this.#channel;
    this.#isOver = true;
    if (this.#framing === "chunked") writer.add(LAST_CHUNK);
    writer.flush();
  }

  abort(reason: unknown): void {
    this.#keepsAlive = false;
    this.#channel.breakOff(reason);
  }

  /** Ends the request early because the client has left. */
  leave(): void {
    this.cancellation.cancel(new ClientDisconnected());
  }
}
