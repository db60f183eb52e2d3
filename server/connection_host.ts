/**
 * The interfaces between a connection and its server.
 *
 * @module
 */

import type { RequestError } from "../http1/request_error.ts";
import type { Environ } from "../wsgi/types.ts";
import type { TimeLimits } from "./phase.ts";
import type { LogEntry, LoggedHead } from "./access_log.ts";
import type { RemoteAddress } from "./listener.ts";
import type {
  Parser,
  Protocol,
  RequestTraits,
  SocketTransport,
} from "./protocol.ts";
import type { RequestSource } from "./request_source.ts";
import type { SocketWriter } from "./socket_writer.ts";

/** The interface of a connection for its server. */
export interface ServedConnection<Head> {
  /** The address of the client, `undefined` on a Unix socket. */
  readonly remote: RemoteAddress | undefined;
  /** The parser of the received bytes. */
  readonly parser: Parser<Head>;
  /** The writer of the responses. */
  readonly writer: SocketWriter;
  /** The active request, if there is one. */
  readonly request: ActiveRequest<Head> | undefined;
  /** Whether the connection is closed. */
  readonly isClosed: boolean;
  /** The head of the active or refused request, for the log. */
  readonly logged: LoggedHead | undefined;
  /** Handles a request that has waited for a place. */
  proceed(): void;
  /** Refuses a request and ends the connection. */
  refuse(error: RequestError): void;
  /** Closes the connection immediately. */
  destroy(reason: unknown): void;
}

/** The active request of a connection. */
export interface ActiveRequest<Head> {
  /** Its head. */
  readonly head: Head;
  /** The facts that the connection needs. */
  readonly traits: RequestTraits;
  /** Its body. */
  readonly source: RequestSource;
  /** Its response. */
  readonly transport: SocketTransport;
  /** Its record in the access log, if there is a log. */
  entry: LogEntry | undefined;
  /** Its variables, when they are known. */
  environ: Environ | undefined;
}

/** The interface of a server for its connections. */
export interface ConnectionHost<Head> {
  /** The protocol of the server. */
  readonly protocol: Protocol<Head>;
  /** The limits, in ticks of the server's clock. */
  readonly limits: TimeLimits;
  /** The current tick. */
  readonly now: number;
  /**
   * The time for Date, in milliseconds since the epoch. Asking the system for
   * each response would cost more than the rest of its head.
   */
  readonly time: number;
  /** Whether connections close after their active request. */
  readonly isStopping: boolean;
  /**
   * Requests a place for a request.
   *
   * @param connection The connection.
   * @returns Whether there is one now. If not, the server calls {@linkcode
   * ServedConnection.proceed} or {@linkcode ServedConnection.refuse} later.
   */
  admit(connection: ServedConnection<Head>): boolean;
  /**
   * Calls the application.
   *
   * @returns A promise, unless the request is over immediately.
   * @throws {RequestError} If the request must be refused.
   */
  handle(
    request: ActiveRequest<Head>,
    connection: ServedConnection<Head>,
  ): void | Promise<void>;
  /** Cancels a request at its deadline. */
  onTimeout(request: ActiveRequest<Head>): void;
  /** Called when the client has left before its request was over. */
  onLeft(request: ActiveRequest<Head>): void;
  /** Called when an admitted request is over. */
  onRequestOver(
    connection: ServedConnection<Head>,
    request: ActiveRequest<Head>,
  ): void;
  /** Called when a request was refused, with the size of the error page. */
  onRefused(
    connection: ServedConnection<Head>,
    error: RequestError,
    bytesSent: number,
  ): void;
  /** Called when an unread body, or TLS, is malformed. */
  onBrokenOff(connection: ServedConnection<Head>, error: RequestError): void;
  /** Called for an error that only a bug in this package can cause. */
  onFault(connection: ServedConnection<Head>, error: unknown): void;
  /** Called when the connection has closed. */
  onClosed(connection: ServedConnection<Head>): void;
}
