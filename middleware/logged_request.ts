/**
 * Collects the access log record of one request.
 *
 * @module
 */

import {
  type AccessLogger,
  type AccessRecord,
  describeFailure,
} from "../gateway/access_record.ts";
import { isContentLength, parseContentLength } from "../wsgi/http_syntax.ts";
import { hasNoBody, isTunnel } from "../wsgi/status.ts";
import type { Environ, HeaderTuple } from "../wsgi/types.ts";
import { targetOf } from "../wsgi/uri.ts";
import type { ResponseObserver } from "./response_observer.ts";

/** Collects the record of a request, and logs it once. */
export class LoggedRequest implements ResponseObserver {
  readonly #environ: Environ;
  readonly #logger: AccessLogger;
  readonly #signal: (() => AbortSignal) | undefined;
  readonly #known: Pick<
    AccessRecord,
    | "time"
    | "remoteAddress"
    | "method"
    | "target"
    | "protocol"
    | "referer"
    | "userAgent"
  >;
  readonly #start: number = performance.now();
  #status = 0;
  #contentLength: number | undefined;
  #bytesSent = 0;
  #logged = false;

  /**
   * @param environ The environ of the request. Most variables are read now,
   * because the application may change them.
   * @param logger Receives the record.
   */
  constructor(environ: Environ, logger: AccessLogger) {
    this.#environ = environ;
    this.#logger = logger;
    this.#signal = environ["wsgiref.signal"];
    this.#known = {
      time: new Date(),
      remoteAddress: environ.REMOTE_ADDR || undefined,
      method: environ.REQUEST_METHOD,
      target: targetOf(environ),
      protocol: environ.SERVER_PROTOCOL,
      referer: environ.HTTP_REFERER,
      userAgent: environ.HTTP_USER_AGENT,
    };
  }

  /** Whether the response has no body, whatever the application returns. */
  get isBodiless(): boolean {
    const { method } = this.#known;
    return method === "HEAD" || hasNoBody(this.#status) ||
      isTunnel(method, this.#status);
  }

  /** Records the status and the length that the server has accepted. */
  onStart(status: string, headers: readonly HeaderTuple[]): void {
    this.#status = Number(status.slice(0, 3));
    const length = headers.find(([name]) => isContentLength(name));
    this.#contentLength = length && parseContentLength(length[1]);
  }

  /**
   * Counts the bytes of a chunk. Other values are ignored; the server rejects
   * them.
   */
  onChunk(chunk: unknown): void {
    const length = (chunk as Uint8Array | null | undefined)?.byteLength;
    if (typeof length === "number") this.#bytesSent += length;
  }

  /**
   * Counts the chunks of an array and logs the request. The server sends an
   * array directly, so its progress cannot be observed.
   */
  sendAll(chunks: readonly unknown[]): void {
    for (let i = 0; i < chunks.length; i++) this.onChunk(chunks[i]);
    this.onEnd();
  }

  /**
   * Logs a request whose application failed.
   *
   * @param error The thrown value, if any.
   */
  fail(error?: unknown): void {
    // The server drops chunks of a response that was not started.
    if (this.#status === 0) this.#bytesSent = 0;
    // Before the first byte, the server replaces the response.
    const isAnswered = this.#bytesSent === 0 || this.isBodiless;
    if (isAnswered) this.#status = 500;
    this.#log(false, isAnswered ? undefined : describeFailure(error));
  }

  /**
   * Logs a request whose application threw.
   *
   * @throws The same error, so that the server receives it.
   */
  onError(error: unknown): never {
    this.fail(error);
    throw error;
  }

  /** Logs a request whose body has ended. */
  onEnd(): void {
    // The server sends its own response if startResponse() was not called.
    if (this.#status === 0) this.fail();
    else this.#log(false, this.#describeShortBody());
  }

  /** Describes why the server cuts off a body that has ended, if it does. */
  #describeShortBody(): string | undefined {
    const length = this.#contentLength ?? 0;
    return this.isBodiless || this.#bytesSent >= length
      ? undefined
      : `Error: the body has ${this.#bytesSent} bytes, its Content-Length is ${length}`;
  }

  /** Logs a request whose body the server closed early. */
  onClose(): void {
    if (this.#logged) return;
    if (
      this.isBodiless || this.#bytesSent >= (this.#contentLength ?? Infinity)
    ) {
      return this.#log(false);
    }
    // Not in the constructor: a signal is expensive, and few requests need it.
    const signal = this.#signal?.();
    if (signal === undefined) return this.#log(true);
    if (!signal.aborted) {
      return this.#log(false, "Error: the server did not send the whole body");
    }
    const reason: unknown = signal.reason;
    const hasLeft = (reason as Error).name === "ClientDisconnected";
    this.#log(hasLeft, hasLeft ? undefined : describeFailure(reason));
  }

  #log(clientLeft: boolean, failure?: string): void {
    if (this.#logged) return;
    this.#logged = true;
    const { REMOTE_USER } = this.#environ;
    this.#logger({
      ...this.#known,
      remoteUser: typeof REMOTE_USER === "string" && REMOTE_USER !== ""
        ? REMOTE_USER
        : undefined,
      status: this.#status,
      bytesSent: this.isBodiless ? 0 : this.#bytesSent,
      duration: performance.now() - this.#start,
      clientLeft,
      ...failure !== undefined && { failure },
    });
  }
}
