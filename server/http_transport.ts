/**
 * {@linkcode HttpTransport}: sends an HTTP/1.1 response.
 *
 * @module
 */

import { Cancellation } from "../gateway/cancellation.ts";
import {
  type ResponseHead,
  withContentLength,
} from "../gateway/response_head.ts";
import type { RequestHead } from "../http1/request_head.ts";
import {
  type BodyFraming,
  CHUNK_END,
  encodeChunkSize,
  LAST_CHUNK,
  type ResponseEncoder,
} from "../http1/response_encoder.ts";
import type { Channel, SocketTransport } from "./protocol.ts";

const NOTHING = new Uint8Array(0);
const CONTINUE = new TextEncoder().encode("HTTP/1.1 100 Continue\r\n\r\n");

/** Sends one response over a connection. */
export class HttpTransport implements SocketTransport {
  readonly cancellation: Cancellation = new Cancellation();
  readonly #channel: Channel;
  readonly #encoder: ResponseEncoder;
  readonly #request: RequestHead;
  #framing: BodyFraming | undefined;
  #status = 0;
  #bytesSent = 0;
  #isOver = false;
  #keepsAlive = false;
  #hasContinued = false;
  #failure: unknown;

  /**
   * Creates the transport of one response.
   *
   * @param channel The connection.
   * @param request The request.
   * @param encoder Encodes the head.
   */
  constructor(
    channel: Channel,
    request: RequestHead,
    encoder: ResponseEncoder,
  ) {
    this.#channel = channel;
    this.#encoder = encoder;
    this.#request = request;
  }

  /** The status code that was sent; 0 if none was. */
  get status(): number {
    return this.#status;
  }

  /** The number of body bytes that were passed to the connection. */
  get bytesSent(): number {
    return this.#bytesSent;
  }

  /** Whether the response is complete. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** The reason for an incomplete response. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Whether the response allows a further request on the connection. */
  get keepsAlive(): boolean {
    return this.#keepsAlive;
  }

  /**
   * Sends `100 Continue`, so that the client sends the body. Has no effect if it
   * was sent before, or after the response has begun.
   *
   * RFC 9110 section 10.1.1.
   */
  sendContinue(): void {
    if (this.#hasContinued || this.#framing !== undefined || this.#isOver) {
      return;
    }
    this.#hasContinued = true;
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
    // This copies the body: the application may change it before it is sent.
    writer.add(body);
    writer.flush();
  }

  #addHead(head: ResponseHead, isWhole: boolean): void {
    const { method, version } = this.#request;
    const { writer } = this.#channel;
    const keepsAlive = this.#channel.mayKeepAlive(isWhole);
    const context = { method, version, keepsAlive };
    const encoded = this.#encoder.encode(head, context, this.#channel.time);
    this.#status = head.code;
    this.#framing = encoded.framing;
    this.#keepsAlive = encoded.keepsAlive;
    writer.add(encoded.bytes, true);
  }

  write(chunk: Uint8Array, isLast?: boolean): void | PromiseLike<void> {
    const { writer } = this.#channel;
    this.#bytesSent += chunk.length;
    if (this.#framing !== "chunked") {
      return writer.write(chunk, NOTHING, isLast);
    }
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
    this.#failure = reason;
    this.#channel.cutOff(reason);
  }
}
