/**
 * One response on its way out: head first, once, and not a byte more than
 * Content-Length says.
 *
 * @module
 */

import { Gate } from "./gate.ts";
import {
  type ResponseHead,
  withContentLength,
  withoutContentLength,
} from "./response_head.ts";
import type { Transport } from "./transport.ts";
import { hasNoBody } from "../wsgi/status.ts";

/** Sends one response through a transport. */
export class ResponseWriter {
  readonly #transport: Transport;
  readonly #method: string;
  #headSent = false;
  #sent = 0;
  #ready: void | PromiseLike<void> = undefined;

  /**
   * Status and headers, once they are known. Until they are sent, another head
   * may take their place.
   */
  head: ResponseHead | undefined;

  /**
   * @param transport The way to the client.
   * @param method The method of the request.
   */
  constructor(transport: Transport, method: string) {
    this.#transport = transport;
    this.#method = method;
  }

  /**
   * Returns the head of a response that was started.
   *
   * @returns Status and headers.
   * @throws {Error} If the application has not called startResponse.
   */
  requireHead(): ResponseHead {
    if (this.head !== undefined) return this.head;
    throw new Error(
      "Cannot send the body: the application must call startResponse before its first chunk",
    );
  }

  /** Whether status and headers have left. */
  get headSent(): boolean {
    return this.#headSent;
  }

  /**
   * Whether the body is not to be sent: HEAD, 204, 205 and 304, and a 2xx to
   * CONNECT.
   */
  get isBodiless(): boolean {
    return this.head !== undefined &&
      (this.#method === "HEAD" || hasNoBody(this.head.code) || this.#isTunnel);
  }

  /** RFC 9110 section 9.3.6: after the head of a 2xx to CONNECT is no body. */
  get #isTunnel(): boolean {
    return this.#method === "CONNECT" && (this.head?.code ?? 0) < 300;
  }

  /** Whether a chunk may still be in use when the next one is asked for. */
  get holdsChunks(): boolean {
    return this.#transport.holdsChunks === true;
  }

  /** Body bytes sent so far. */
  get sent(): number {
    return this.#sent;
  }

  /** How many further body bytes Content-Length allows. */
  get room(): number {
    return (this.head?.contentLength ?? Infinity) - this.#sent;
  }

  /** A promise while the transport can take no more, otherwise nothing. */
  get ready(): void | PromiseLike<void> {
    return this.#ready;
  }

  /**
   * Waits until the transport can take more, if more is to come.
   *
   * @param next Called then.
   * @param fail Called with the reason when it never will.
   * @returns Whether there is anything to wait for.
   */
  wait(next: () => void, fail: (reason: unknown) => void): boolean {
    const ready = this.#ready;
    if (ready === undefined || this.isFull) return false;
    if (!(ready instanceof Gate)) ready.then(next, fail);
    else if (ready.isClosed) ready.wait(next, fail);
    else return false;
    return true;
  }

  /** Whether all the bytes that Content-Length promises were sent. */
  get isFull(): boolean {
    return this.#headSent && !this.isBodiless &&
      this.#sent === this.head?.contentLength;
  }

  /** Whether bytes that Content-Length promises are still missing. */
  get isShort(): boolean {
    return !this.isBodiless && this.#sent < (this.head?.contentLength ?? 0);
  }

  /**
   * Says the length of a body that is known before it is sent. Without effect
   * if the application has said one, or if the head was sent.
   *
   * @param length The length in bytes.
   */
  announceLength(length: number): void {
    // RFC 9110 section 8.6: a 204 has no length; that of a 304 is another's.
    if (this.#headSent || this.head === undefined) return;
    if (hasNoBody(this.head.code) || this.#isTunnel) return;
    this.head = withContentLength(this.head, length);
  }

  /**
   * Sends a chunk, and the head before the first one.
   *
   * @param chunk The chunk; not empty.
   * @returns Whether the chunk was within Content-Length. What goes past it is
   * dropped.
   */
  send(chunk: Uint8Array): boolean {
    this.sendHead();
    if (this.isBodiless) return true;
    const { room } = this;
    const fits = chunk.byteLength <= room;
    const allowed = fits ? chunk : chunk.subarray(0, room);
    if (allowed.byteLength > 0) {
      this.#sent += allowed.byteLength;
      const ready = this.#ready = this.#transport.write(allowed, this.isFull);
      // Callers of wait() learn of a failure; there may be none.
      if (ready instanceof Promise) ready.catch(() => {});
    }
    return fits;
  }

  /** Sends the head if it was not sent before. */
  sendHead(): void {
    if (this.#headSent || this.head === undefined) return;
    this.#headSent = true;
    let head = this.head;
    // RFC 9110 section 8.6: a 204 has none. A 205 needs one to have an end.
    if (head.code === 204 || head.code === 205 || this.#isTunnel) {
      head = withoutContentLength(head);
    }
    if (head.code === 205) head = withContentLength(head, 0);
    this.#transport.sendHead(head);
  }

  /**
   * Sends a whole response at once.
   *
   * @param body The whole body; may be empty.
   * @returns A promise if the transport needs time.
   */
  sendWhole(body: Uint8Array): void | Promise<void> {
    if (this.head === undefined) return;
    if (this.isBodiless || this.#transport.respond === undefined) {
      this.announceLength(body.byteLength);
      this.sendHead();
      if (body.byteLength > 0) this.send(body);
      return this.end();
    }
    this.#headSent = true;
    this.#sent = body.byteLength;
    return this.#transport.respond(this.head, body);
  }

  /**
   * Ends the response cleanly.
   *
   * @returns A promise if the transport needs time.
   */
  end(): void | Promise<void> {
    this.sendHead();
    return this.#transport.end();
  }

  /**
   * Breaks the response.
   *
   * @param reason What went wrong.
   */
  abort(reason: unknown): void {
    this.#transport.abort(reason);
  }
}
