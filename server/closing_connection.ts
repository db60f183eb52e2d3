/**
 * {@linkcode ClosingConnection}: how a connection comes to its end.
 *
 * @module
 */

import { ClientDisconnected } from "../gateway/cancellation.ts";
import { RequestError } from "../http1/request_error.ts";
import type { ServedConnection } from "./connection_host.ts";
import { ConnectionState } from "./connection_state.ts";
import type { Expiring } from "./deadlines.ts";
import { expiryOf } from "./phase.ts";
import { HalfCloseGrace } from "./socket_end.ts";

/**
 * Closes a connection: because its client has left or sends nothing more,
 * because its time is up, or because its last response was sent.
 */
export abstract class ClosingConnection<Head> extends ConnectionState<Head>
  implements ServedConnection<Head>, Expiring {
  protected readonly grace: HalfCloseGrace = new HalfCloseGrace();
  /** How many bytes the client had taken at the last tick. */
  #taken = 0;

  abstract proceed(): void;
  abstract destroy(reason: unknown): void;
  /** Ends a request whose time is up, whether its application goes on or not. */
  protected abstract giveUp(): void;

  /**
   * Answers a request that no application sees, and ends the connection.
   *
   * @param error What is wrong with it.
   */
  refuse(error: RequestError): void {
    const head = this.request?.head ?? this.queued;
    const bytesSent = this.host.protocol.refuse(
      this.writer,
      head,
      error.status,
    );
    this.host.onRefused(this, error, bytesSent ?? 0);
    this.hasUnread = head === undefined ||
      this.host.protocol.traitsOf(head).hasBody;
    this.queued = undefined;
    this.request = undefined;
    if (bytesSent === undefined) this.close();
    else this.linger();
  }

  /** Takes note that nothing can be read any more. */
  onReadError(error: unknown): void {
    // It was reset by the client, or closed here; or TLS has failed.
    if (error instanceof Deno.errors.InvalidData) {
      this.host.onBrokenOff(
        this,
        new RequestError(
          /InvalidContentType/.test(error.message)
            ? "the client speaks no TLS, this port does"
            : error.message,
        ),
      );
    }
    this.lose();
  }

  /** Takes note that the client has ended its sending side. */
  onEnd(): void {
    // A write may have failed just before: it got the error, and reading the end.
    if (this.hasEnded) return;
    this.hasEnded = true;
    switch (this.phase) {
      case "running":
        this.request?.source.end();
        this.startGrace();
        break;
      case "queued":
        this.startGrace();
        break;
      case "draining":
        // Requests that have come are still served.
        break;
      default:
        this.#endBetween();
    }
  }

  /** The client has ended its sending side while no request is on its way. */
  #endBetween(): void {
    try {
      if (this.phase !== "lingering") this.parser.end?.();
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      return this.refuse(error);
    }
    this.closeWhenDrained();
  }

  protected startGrace(): void {
    this.grace.start(
      () => this.request?.transport.bytesSent ?? 0,
      this.writer,
      () => this.leave(),
    );
  }

  /**
   * Nobody is at the other end any more. It waits for the promise jobs that are
   * due: a body that has just ended must not be told to end.
   */
  protected lose(): void {
    this.hasEnded = true;
    if (this.isClosed) return;
    if (this.request === undefined) return this.close();
    this.grace.end(() => this.leave());
  }

  protected leave(): void {
    if (this.isClosed) return;
    const { source, transport } = this.request ?? {};
    // The application learns of it before what it waits for fails.
    transport?.cancellation.cancel(new ClientDisconnected());
    if (this.request !== undefined) this.host.onLeft(this.request);
    source?.end();
    this.close(transport?.cancellation.reason);
  }

  /**
   * Closes the connection once all is sent that was handed over.
   *
   * @param reason What those who wait for it are rejected with.
   */
  breakOff(reason: unknown): void {
    if (this.isClosed) return;
    this.request?.source.end();
    this.closeWhenDrained(reason);
  }

  protected linger(): void {
    if (this.phase === "lingering" || this.isClosed) return;
    this.enter("lingering");
    this.end.linger(() => this.hasEnded, () => this.close());
    this.reader.resume();
  }

  protected closeWhenDrained(reason?: unknown): void {
    if (this.isClosed) return;
    this.enter("lingering");
    this.writer.flush();
    this.writer.drained().then(() => this.close(reason));
  }

  protected close(reason?: unknown): void {
    if (this.isClosed) return;
    this.grace.stop();
    this.end.close(reason);
    this.reader.resume();
    this.host.onClosed(this);
  }

  /** Closes the connection if it is idle; lets a request on it be the last. */
  stop(): void {
    if (this.isIdle && this.phase !== "lingering") this.closeWhenDrained();
  }

  /**
   * Ends whatever has taken too long.
   *
   * @param now The tick of the server's clock.
   */
  expire(now: number): void {
    const { taken, isDrained } = this.writer;
    if (taken !== this.#taken) {
      this.#taken = taken;
      // A client that reads slowly is not idle.
      if (this.isIdle && this.phase !== "head") this.since = now;
    }
    const age = now - this.since;
    const { limits } = this.host;
    if (this.isClosed) {
      // The application goes on without its client.
      if (age > limits.request) this.giveUp();
      return;
    }
    switch (expiryOf(this.phase, age, limits, isDrained)) {
      case "close":
        return this.close();
      case "linger":
        return this.linger();
      case "give up":
        return this.giveUp();
      case "refuse":
        return this.refuse(
          new RequestError("head of the request came too slowly", 408),
        );
    }
  }
}
