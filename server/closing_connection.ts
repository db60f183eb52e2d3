/**
 * {@linkcode ClosingConnection}: the end of a connection.
 *
 * @module
 */

import { ClientDisconnected } from "../gateway/cancellation.ts";
import { RequestError } from "../http1/request_error.ts";
import type { ServedConnection } from "./connection_host.ts";
import { ConnectionState } from "./connection_state.ts";
import type { Expiring } from "./deadlines.ts";
import { expiryOf } from "./phase.ts";
import { HalfCloseGrace, LingeringClose } from "./socket_end.ts";

/**
 * Closes a connection after its client has left or stopped sending, after a
 * deadline, or after its last response.
 */
export abstract class ClosingConnection<Head> extends ConnectionState<Head>
  implements ServedConnection<Head>, Expiring {
  #grace: HalfCloseGrace | undefined;
  /** The number of bytes that the system had accepted at the last tick. */
  #taken = 0;

  abstract proceed(): void;
  abstract destroy(reason: unknown): void;
  /** Ends a request at its deadline, even if its application is still running. */
  protected abstract giveUp(): void;

  /**
   * Refuses a request and ends the connection.
   *
   * @param error The reason, with the status of the response.
   */
  refuse(error: RequestError): void {
    const head = this.request?.head ?? this.queued;
    const bytesSent = this.host.protocol.refuse(
      this.writer,
      head,
      error.status,
      this.host.time,
    );
    this.host.onRefused(this, error, bytesSent ?? 0);
    this.hasUnread = head === undefined ||
      this.host.protocol.traitsOf(head).hasBody;
    this.queued = undefined;
    this.request = undefined;
    if (bytesSent === undefined) this.close();
    else this.linger();
  }

  /** Ends the connection after a failed read. */
  onReadError(error: unknown): void {
    // The client reset the connection, this side closed it, or TLS failed.
    if (error instanceof Deno.errors.InvalidData) {
      this.host.onBrokenOff(
        this,
        new RequestError(
          /InvalidContentType/.test(error.message)
            ? "the client does not speak TLS, but this port requires it"
            : error.message,
        ),
      );
    }
    this.lose();
  }

  onWriteError(): void {
    this.lose();
  }

  onFault(error: unknown): void {
    this.host.onFault(this, error);
  }

  /** Handles the end of the bytes that the client sends. */
  onEnd(): void {
    // If the connection failed, the write gets the error and the read the end.
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
        // Requests that have arrived are still served.
        break;
      default:
        this.#endBetween();
    }
  }

  /** Handles the end of the bytes while no request is active. */
  #endBetween(): void {
    try {
      if (this.phase !== "lingering") this.parser.end?.();
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      return this.refuse(error);
    }
    this.closeWhenDrained();
  }

  /** Created when it is needed, which is seldom. */
  #useGrace(): HalfCloseGrace {
    return this.#grace ??= new HalfCloseGrace();
  }

  protected startGrace(): void {
    this.#useGrace().start(
      () => this.request?.transport.bytesSent ?? 0,
      this.writer,
      () => this.leave(),
    );
  }

  protected stopGrace(): void {
    this.#grace?.stop();
  }

  /**
   * Ends the connection after the client has left. It first lets pending promise
   * jobs run, so that a response that is already complete is not cancelled.
   */
  protected lose(): void {
    this.hasEnded = true;
    if (this.isClosed) return;
    if (this.request === undefined) return this.close();
    this.#useGrace().end(() => this.leave());
  }

  protected leave(): void {
    if (this.isClosed) return;
    const { source, transport } = this.request ?? {};
    // The signal aborts before pending reads and writes fail.
    transport?.cancellation.cancel(new ClientDisconnected());
    if (this.request !== undefined) this.host.onLeft(this.request);
    source?.end();
    this.close(transport?.cancellation.reason);
  }

  /**
   * Closes the connection after the pending bytes have been sent.
   *
   * @param reason The reason with which pending writes reject.
   */
  cutOff(reason: unknown): void {
    if (this.isClosed) return;
    this.request?.source.end();
    this.closeWhenDrained(reason);
  }

  protected linger(): void {
    if (this.phase === "lingering" || this.isClosed) return;
    this.enter("lingering");
    const { lingering } = this.host.protocol;
    this.lingering = new LingeringClose(this.socket, this.writer, lingering);
    this.lingering.start(() => this.hasEnded, () => this.close());
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
    this.isClosed = true;
    this.stopGrace();
    this.lingering?.stop();
    this.writer.close(reason);
    try {
      this.socket.close();
    } catch {
      // The connection is closed already.
    }
    this.reader.resume();
    this.host.onClosed(this);
  }

  /** Closes the connection if it is idle; otherwise after its active request. */
  stop(): void {
    if (this.isIdle && this.phase !== "lingering") this.closeWhenDrained();
  }

  /**
   * Enforces the deadlines.
   *
   * @param now The current tick of the server's clock.
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
      // The application is still running without its client.
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
          new RequestError("head of the request was not complete in time", 408),
        );
    }
  }
}
