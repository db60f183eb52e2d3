/**
 * Writes one response: the head once and first, and no more bytes than
 * Content-Length allows.
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
import { hasNoBody, isTunnel } from "../wsgi/status.ts";

/** Sends one response through a transport. */
export class ResponseWriter {
  readonly #transport: Transport;
  readonly #method: string;
  #headSent = false;
  #sent = 0;
  #ready: void | PromiseLike<void> = undefined;

  /**
   * Status and headers, once known. Until they are sent, they may be replaced.
   */
  head: ResponseHead | undefined;

  /**
   * @param transport Sends the response to the client.
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

  /** Whether status and headers have been sent. */
  get headSent(): boolean {
    return this.#headSent;
  }

  /**
   * Whether no body is sent: for HEAD, 204, 205, 304, and a 2xx to CONNECT.
   */
  get isBodiless(): boolean {
    return this.head !== undefined &&
      (this.#method === "HEAD" || hasNoBody(this.head.code) || this.#isTunnel);
  }

  /** Whether this is a 2xx to CONNECT, which has no body. */
  get #isTunnel(): boolean {
    return isTunnel(this.#method, this.head?.code ?? 0);
  }

  /** Whether the transport may still use a chunk after it was sent. */
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

  /** A promise while the transport has no room, otherwise `undefined`. */
  get ready(): void | PromiseLike<void> {
    return this.#ready;
  }

  /**
   * Waits until the transport has room, if the body continues.
   *
   * @param next Called when it has room.
   * @param fail Called with the reason if it never will.
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

  /** Whether as many bytes as Content-Length says have been sent. */
  get isFull(): boolean {
    return this.#headSent && !this.isBodiless &&
      this.#sent === this.head?.contentLength;
  }

  /** Whether fewer bytes than Content-Length says have been sent. */
  get isShort(): boolean {
    return !this.isBodiless && this.#sent < (this.head?.contentLength ?? 0);
  }

  /**
   * Sets the length of a body that is known before it is sent. Has no effect if
   * the application has set it, or if the head has been sent.
   *
   * @param length The length in bytes.
   */
  announceLength(length: number): void {
    // RFC 9110 section 8.6: a 204 has no length; that of a 304 describes
    // another response.
    if (this.#headSent || this.head === undefined) return;
    if (hasNoBody(this.head.code) || this.#isTunnel) return;
    this.head = withContentLength(this.head, length);
  }

  /**
   * Sends a chunk, and the head before the first one.
   *
   * @param chunk The chunk; not empty.
   * @returns Whether the chunk was within Content-Length. Bytes beyond it are
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
      // Callers of wait() handle a rejection, but there may be none.
      if (ready instanceof Promise) ready.catch(() => {});
    }
    return fits;
  }

  /** Sends the head unless it has been sent. */
  sendHead(): void {
    if (this.#headSent || this.head === undefined) return;
    this.#headSent = true;
    let head = this.head;
    // RFC 9110 section 8.6: a 204 has none. A 205 needs one to mark its end.
    if (head.code === 204 || head.code === 205 || this.#isTunnel) {
      head = withoutContentLength(head);
    }
    if (head.code === 205) head = withContentLength(head, 0);
    this.#transport.sendHead(head);
  }

  /**
   * Sends a complete response.
   *
   * @param body The complete body, which may be empty.
   * @returns A promise if the transport is async.
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
   * @returns A promise if the transport is async.
   */
  end(): void | Promise<void> {
    this.sendHead();
    return this.#transport.end();
  }

  /**
   * Aborts the response.
   *
   * @param reason Why the response cannot be completed.
   */
  abort(reason: unknown): void {
    this.#transport.abort(reason);
  }
}
