/**
 * {@linkcode Connection}: the requests of one connection, in order.
 *
 * @module
 */

import { RequestError } from "../http1/request_error.ts";
import { ClosingConnection } from "./closing_connection.ts";
import type { ActiveRequest } from "./connection_host.ts";
import type { Channel } from "./protocol.ts";
import { RequestSource } from "./request_source.ts";

/**
 * The maximum number of unread body bytes that are discarded to keep a
 * connection open.
 */
const MAX_DISCARDED = 65_536;

/** One connection. */
export class Connection<Head> extends ClosingConnection<Head>
  implements Channel {
  /** The number of bytes of an unread body that were discarded. */
  #discarded = 0;

  get time(): number {
    return this.host.time;
  }

  /** Reads, from now on, until the connection ends. */
  start(): void {
    this.reader.start();
  }

  receive(buffer: Uint8Array, count: number): void {
    if (this.isClosed) return;
    if (this.phase === "lingering") return this.lingering?.discard(count);
    this.parser.receive(buffer, count);
    if (this.isBusy) {
      this.parser.keep();
      this.request?.source.arrive();
      return;
    }
    this.#advance();
    this.parser.keep();
  }

  /**
   * Handles the requests that have arrived, until one does not end immediately.
   */
  #advance(): void {
    try {
      if (this.phase === "discarding" && !this.#discard()) return;
      while (!this.isClosed && this.phase !== "lingering") {
        if (this.writer.isFull) return this.#drain();
        const event = this.parser.next();
        if (event === undefined) return this.#waitForHead();
        if (event.type !== "head") continue;
        // A refusal needs the head, too.
        this.queued = event.head;
        if (!this.host.admit(this)) return this.enter("queued");
        this.queued = undefined;
        if (!this.#run(event.head)) return;
      }
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      this.refuse(error);
    }
  }

  /** Continues after the pending bytes have been sent. */
  #drain(): void {
    this.enter("draining");
    this.writer.drained().then(() => {
      if (this.isClosed || this.phase !== "draining") return;
      this.enter("idle");
      this.reader.resume();
      this.#advance();
    }).catch((error) => this.onFault(error));
  }

  #waitForHead(): void {
    if (this.hasEnded) this.closeWhenDrained();
    else if (this.parser.isIdle) {
      if (this.phase !== "new") this.enter("idle");
    } else if (this.phase !== "head") this.enter("head");
  }

  /** Handles a request; returns whether the next one may follow immediately. */
  #run(head: Head): boolean {
    const { protocol } = this.host;
    const traits = protocol.traitsOf(head);
    // The application may read the body later, when its buffer is already used
    // for other bytes.
    if (traits.hasBody) this.parser.keep();
    // Without a body, the next event is the end of the request.
    else this.parser.next();
    const transport = protocol.createTransport(this, head);
    const source = traits.hasBody
      ? new RequestSource(this.parser, () => {
        if (traits.expectsContinue) transport.sendContinue?.();
        this.reader.resume();
      })
      : RequestSource.none;
    const request: ActiveRequest<Head> = {
      head,
      traits,
      source,
      transport,
      entry: undefined,
      environ: undefined,
    };
    this.request = request;
    this.enter("running");
    if (this.hasEnded) {
      source.end();
      this.startGrace();
    }
    const done = this.host.handle(request, this);
    if (done === undefined) return this.#finish(request);
    done.then(() => {
      if (this.#finish(request)) this.#advance();
    }).catch((error) => this.onFault(error));
    return false;
  }

  /** Ends a request; returns whether the next one may follow immediately. */
  #finish(request: ActiveRequest<Head>): boolean {
    // It may have ended at its deadline.
    if (this.request !== request) return false;
    this.request = undefined;
    this.stopGrace();
    const { isComplete } = request.source;
    request.source.detach();
    this.host.onRequestOver(this, request);
    if (this.isClosed || this.phase !== "running") return false;
    this.reader.resume();
    if (!request.transport.keepsAlive || this.host.isStopping) {
      // Without further requests, and with a body that has arrived completely, no
      // more bytes can arrive and reset the connection.
      if (!this.host.protocol.isPersistent && this.parser.missing === 0) {
        this.closeWhenDrained();
      } else {
        this.hasUnread = !isComplete && this.parser.missing > 0;
        this.linger();
      }
      return false;
    }
    if (this.hasEnded && this.parser.size === 0) {
      this.linger();
      return false;
    }
    if (isComplete) {
      this.enter("idle");
      return true;
    }
    this.#discarded = 0;
    this.enter("discarding");
    if (this.#discard()) return true;
    // The rest will never arrive.
    if (this.hasEnded) this.linger();
    return false;
  }

  /** Discards the rest of a body; returns whether its end was reached. */
  #discard(): boolean {
    const before = this.parser.size;
    try {
      for (;;) {
        const event = this.parser.next();
        if (event === undefined) break;
        if (event.type === "end") {
          this.enter("idle");
          return true;
        }
      }
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      // The response has been sent. A second one would answer another request.
      this.host.onBrokenOff(this, error);
      this.linger();
      return false;
    }
    this.#discarded += before - this.parser.size;
    if (this.#discarded > MAX_DISCARDED) this.linger();
    return false;
  }

  mayKeepAlive(isWhole: boolean): boolean {
    const request = this.request;
    if (request === undefined || this.host.isStopping) return false;
    const { traits, source } = request;
    if (!traits.keepsAlive || source.isRefused) return false;
    if (!isWhole || source.isComplete) return true;
    if (this.hasEnded) return false;
    try {
      if (source.discard()) return true;
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      this.host.onBrokenOff(this, error);
      return false;
    }
    // A client that waits for 100 Continue may or may not send the body.
    return this.parser.missing > 0 && this.parser.missing <= MAX_DISCARDED &&
      !traits.expectsContinue;
  }

  /** Handles a request that has waited for a place. */
  proceed(): void {
    const head = this.queued;
    if (head === undefined) return;
    this.queued = undefined;
    try {
      if (this.#run(head)) this.#advance();
    } catch (error) {
      // The caller belongs to another connection.
      if (error instanceof RequestError) this.refuse(error);
      else this.onFault(error);
    }
  }

  /**
   * Closes the connection immediately.
   *
   * @param reason The reason with which pending writes reject.
   */
  destroy(reason: unknown): void {
    const request = this.request;
    request?.source.end();
    this.close(reason);
    // The application may never end.
    if (request !== undefined) this.#finish(request);
  }

  /**
   * Ends a request at its deadline. Its application may keep running, but can no
   * longer read or write.
   */
  protected giveUp(): void {
    const request = this.request;
    if (request === undefined) return;
    this.host.onTimeout(request);
    if (this.#finish(request)) this.#advance();
  }
}
