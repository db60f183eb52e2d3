/**
 * One request on its way through the access log middleware.
 *
 * @module
 */

import {
  type AccessLogger,
  type AccessRecord,
  describeFailure,
} from "../gateway/access_record.ts";
import { hasNoBody } from "../wsgi/status.ts";
import type { Environ } from "../wsgi/types.ts";
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
  #bytesSent = 0;
  #logged = false;

  /**
   * @param environ The variables of the request. What is needed of them is
   * taken now, since the application may change them.
   * @param logger Gets the record.
   */
  constructor(environ: Environ, logger: AccessLogger) {
    this.#environ = environ;
    this.#logger = logger;
    this.#signal = environ["wsgiref.signal"];
    this.#known = {
      time: new Date(),
      remoteAddress: environ.REMOTE_ADDR,
      method: environ.REQUEST_METHOD,
      target: targetOf(environ),
      protocol: environ.SERVER_PROTOCOL,
      referer: environ.HTTP_REFERER,
      userAgent: environ.HTTP_USER_AGENT,
    };
  }

  /** Whether the server drops the body, whatever it is. */
  get isBodiless(): boolean {
    return this.#known.method === "HEAD" || hasNoBody(this.#status);
  }

  /**
   * Takes note of a status that the server has accepted.
   *
   * @param status The status with its reason.
   */
  onStatus(status: string): void {
    this.#status = Number(status.slice(0, 3));
  }

  /**
   * Counts a chunk that was handed over. What is no chunk is not counted: the
   * server refuses it.
   *
   * @param chunk The chunk.
   */
  onChunk(chunk: unknown): void {
    const length = (chunk as Uint8Array | null | undefined)?.byteLength;
    if (typeof length === "number") this.#bytesSent += length;
  }

  /**
   * Counts the chunks of an array, and logs the request. The array is sent as it
   * stands, so nothing more will be seen of it.
   *
   * @param chunks The body.
   */
  sendAll(chunks: readonly unknown[]): void {
    for (let i = 0; i < chunks.length; i++) this.onChunk(chunks[i]);
    this.onEnd();
  }

  /**
   * Logs a request whose application failed.
   *
   * @param error What it threw, if it did.
   */
  fail(error?: unknown): void {
    // Before the first byte the server answers in its place.
    const isAnswered = this.#bytesSent === 0 || this.isBodiless;
    if (isAnswered) this.#status = 500;
    this.#log(false, isAnswered ? undefined : describeFailure(error));
  }

  /**
   * Logs a request whose application threw.
   *
   * @param error What it threw, which goes on to the server.
   */
  onError(error: unknown): never {
    this.fail(error);
    throw error;
  }

  /** Logs a request whose body came to its end. */
  onEnd(): void {
    // The server answers in place of an application that did not start.
    if (this.#status === 0) this.fail();
    else this.#log(false);
  }

  /** Logs a request whose body the server did not want to its end. */
  onClose(): void {
    if (this.#logged) return;
    // Asked only now: a signal is expensive, and most requests never need it.
    const signal = this.isBodiless ? undefined : this.#signal?.();
    const reason: unknown = signal?.aborted ? signal.reason : undefined;
    const isCut = reason !== undefined &&
      (reason as Error).name !== "ClientDisconnected";
    const hasLeft = !this.isBodiless && !isCut &&
      (signal === undefined || signal.aborted);
    this.#log(hasLeft, isCut ? describeFailure(reason) : undefined);
  }

  #log(clientLeft: boolean, failure?: string): void {
    if (this.#logged) return;
    this.#logged = true;
    const { REMOTE_USER } = this.#environ;
    this.#logger({
      ...this.#known,
      remoteUser: typeof REMOTE_USER === "string" ? REMOTE_USER : undefined,
      status: this.#status,
      bytesSent: this.isBodiless ? 0 : this.#bytesSent,
      duration: performance.now() - this.#start,
      clientLeft,
      ...failure !== undefined && { failure },
    });
  }
}
