/**
 * {@linkcode ConnectionState}: what is known of a connection.
 *
 * @module
 */

import type { ActiveRequest, ConnectionHost } from "./connection_host.ts";
import type { LoggedHead } from "./log_entry.ts";
import type { Phase } from "./phase.ts";
import type { Parser } from "./protocol.ts";
import { SocketEnd } from "./socket_end.ts";
import { SocketReader } from "./socket_reader.ts";
import { type Socket, SocketWriter } from "./socket_writer.ts";

/** How many received bytes wait while a request is handled. */
const MAX_AHEAD = 65_536;

/** A body up to this many bytes is read without a buffer from the pool. */
const SMALL_BODY = 2_048;

/** The state of one connection. Its methods only look at it. */
export abstract class ConnectionState<Head> {
  /** The address of the client, `undefined` on a Unix socket. */
  readonly remote: Deno.NetAddr | undefined;
  /** Finds the requests. */
  readonly parser: Parser<Head>;
  /** What is written to the client. */
  readonly writer: SocketWriter;
  protected readonly host: ConnectionHost<Head>;
  protected readonly reader: SocketReader;
  protected readonly end: SocketEnd;
  protected phase: Phase = "new";
  /** Since which tick it has been doing that. */
  protected since: number;
  /** The request on its way, if there is one. */
  request: ActiveRequest<Head> | undefined;
  /** A head whose request waits for a place. */
  protected queued: Head | undefined;
  /** Whether the client has ended its sending side. */
  protected hasEnded = false;
  /** Whether the client may be sending what is not read any more. */
  protected hasUnread = false;

  /**
   * @param socket The connection, accepted.
   * @param remote The address of the client.
   * @param host The server.
   */
  constructor(
    socket: Socket,
    remote: Deno.NetAddr | undefined,
    host: ConnectionHost<Head>,
  ) {
    this.host = host;
    this.remote = remote;
    this.since = host.now;
    this.parser = host.protocol.createParser();
    this.writer = new SocketWriter(socket, () => this.lose());
    this.reader = new SocketReader(socket);
    this.end = new SocketEnd(socket, this.writer, host.protocol.lingering);
  }

  /** Takes note that the client can neither send nor receive any more. */
  protected abstract lose(): void;

  protected enter(phase: Phase): void {
    this.phase = phase;
    this.since = this.host.now;
  }

  /** Whether no request is on its way. */
  protected get isIdle(): boolean {
    return this.phase === "new" || this.phase === "idle" ||
      this.phase === "head" || this.phase === "draining" ||
      this.phase === "lingering";
  }

  /** Whether closing now might cost the client the response. */
  get mustLinger(): boolean {
    return this.phase === "lingering" && this.hasUnread && !this.hasEnded;
  }

  /** Whether nothing can be sent or received any more. */
  get isClosed(): boolean {
    return this.end.isClosed;
  }

  /** What a log shows of the request on its way, or of one that is refused. */
  get logged(): LoggedHead | undefined {
    const head = this.request?.head ?? this.queued;
    return this.host.protocol.toLogged?.(head, this.parser);
  }

  /**
   * Whether the next bytes are those of a body that is large, or of unknown
   * length. What comes while a connection lingers is too little to hold a large
   * buffer for it.
   */
  get wantsMuch(): boolean {
    const isBody = this.request?.source.isComplete === false ||
      this.phase === "discarding";
    const { missing } = this.parser;
    return isBody && (missing === 0 || missing > SMALL_BODY);
  }

  /** Whether so much waits that no more is read now. */
  get isFull(): boolean {
    return this.isBusy && this.parser.size >= MAX_AHEAD;
  }

  /** How many bytes wait until they can be used. */
  get ahead(): number {
    return this.isBusy ? this.parser.size : 0;
  }

  /** Whether what comes has to wait. */
  protected get isBusy(): boolean {
    return this.phase === "running" || this.phase === "queued" ||
      this.phase === "draining";
  }
}
