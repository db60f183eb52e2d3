/**
 * {@linkcode ConnectionState}: the state of a connection.
 *
 * @module
 */

import type { ActiveRequest, ConnectionHost } from "./connection_host.ts";
import type { LoggedHead } from "./access_log.ts";
import type { Phase } from "./phase.ts";
import type { Parser } from "./protocol.ts";
import type { LingeringClose } from "./socket_end.ts";
import { IDLE_SIZE } from "./buffer_pool.ts";
import { type Receiver, SocketReader } from "./socket_reader.ts";
import type { RemoteAddress, Socket } from "./listener.ts";
import { SocketWriter, type WriteObserver } from "./socket_writer.ts";

/** The maximum number of bytes that are read ahead of the application. */
const MAX_AHEAD = 65_536;

/** The state of one connection. Its methods do not change it. */
export abstract class ConnectionState<Head> implements Receiver, WriteObserver {
  /** The address of the client, `undefined` on a Unix socket. */
  readonly remote: RemoteAddress | undefined;
  /** The parser of the received bytes. */
  readonly parser: Parser<Head>;
  /** The writer of the responses. */
  readonly writer: SocketWriter;
  protected readonly host: ConnectionHost<Head>;
  protected readonly reader: SocketReader;
  protected readonly socket: Socket;
  /** The lingering close, once it has begun. */
  protected lingering: LingeringClose | undefined;
  protected phase: Phase = "new";
  /** The tick at which the phase began. */
  protected since: number;
  /** The active request, if there is one. */
  request: ActiveRequest<Head> | undefined;
  /** The head of a request that waits for a place. */
  protected queued: Head | undefined;
  /** Whether the client has stopped sending. */
  protected hasEnded = false;
  /** Whether the client may still be sending bytes that are discarded. */
  protected hasUnread = false;
  /** Whether the connection is closed. */
  isClosed = false;

  /**
   * Creates the state of an accepted connection.
   *
   * @param socket The connection.
   * @param remote The address of the client.
   * @param host The server.
   */
  constructor(
    socket: Socket,
    remote: RemoteAddress | undefined,
    host: ConnectionHost<Head>,
  ) {
    this.socket = socket;
    this.host = host;
    this.remote = remote;
    this.since = host.now;
    this.parser = host.protocol.createParser();
    this.writer = new SocketWriter(socket, this);
    this.reader = new SocketReader(socket, this);
  }

  abstract receive(buffer: Uint8Array, count: number): void;
  abstract onEnd(): void;
  abstract onReadError(error: unknown): void;
  abstract onFault(error: unknown): void;
  abstract onWriteError(error: unknown): void;

  protected enter(phase: Phase): void {
    this.phase = phase;
    this.since = this.host.now;
  }

  /** Whether no request is active. */
  protected get isIdle(): boolean {
    return this.phase === "new" || this.phase === "idle" ||
      this.phase === "head" || this.phase === "draining" ||
      this.phase === "lingering";
  }

  /** Whether the client might lose the response if the connection closed now. */
  get mustLinger(): boolean {
    return this.phase === "lingering" && this.hasUnread && !this.hasEnded;
  }

  /** The head of the active or refused request, for the log. */
  get logged(): LoggedHead | undefined {
    const head = this.request?.head ?? this.queued;
    return this.host.protocol.toLogged?.(head, this.parser);
  }

  /**
   * Whether the next bytes belong to a body that is large or of unknown length.
   * A lingering connection receives too little for a large buffer.
   */
  get wantsMuch(): boolean {
    const isBody = this.request?.source.isComplete === false ||
      this.phase === "discarding";
    const { missing } = this.parser;
    return isBody && (missing === 0 || missing > IDLE_SIZE);
  }

  /** Whether enough bytes are waiting, so that reading stops. */
  get isFull(): boolean {
    return this.isBusy
      ? this.parser.size >= MAX_AHEAD
      : this.lingering?.isFull === true;
  }

  /** The number of bytes that are waiting. */
  get ahead(): number {
    return this.isBusy ? this.parser.size : 0;
  }

  /** Whether received bytes have to wait. */
  protected get isBusy(): boolean {
    return this.phase === "running" || this.phase === "queued" ||
      this.phase === "draining";
  }
}
