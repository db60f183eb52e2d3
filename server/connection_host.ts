/**
 * What a connection and its server need of each other.
 *
 * @module
 */

import type { RequestError } from "../http1/request_error.ts";
import type { Environ } from "../wsgi/types.ts";
import type { TimeLimits } from "./phase.ts";
import type { LogEntry, LoggedHead } from "./log_entry.ts";
import type {
  Parser,
  Protocol,
  RequestTraits,
  SocketTransport,
} from "./protocol.ts";
import type { RequestSource } from "./request_source.ts";
import type { SocketWriter } from "./socket_writer.ts";

/** What a server needs of a connection. */
export interface ServedConnection<Head> {
  /** The address of the client, `undefined` on a Unix socket. */
  readonly remote: Deno.NetAddr | undefined;
  /** Finds the requests. */
  readonly parser: Parser<Head>;
  /** What is written to the client. */
  readonly writer: SocketWriter;
  /** The request on its way, if there is one. */
  readonly request: ActiveRequest<Head> | undefined;
  /** Whether nothing can be sent or received any more. */
  readonly isClosed: boolean;
  /** What a log shows of the request on its way, or of one that is refused. */
  readonly logged: LoggedHead | undefined;
  /** Calls the application for a request that has waited for a place. */
  proceed(): void;
  /** Answers a request that no application sees, and ends the connection. */
  refuse(error: RequestError): void;
  /** Closes the connection at once. */
  destroy(reason: unknown): void;
}

/** One request on its way through a connection. */
export interface ActiveRequest<Head> {
  /** Its head. */
  readonly head: Head;
  /** What the connection has to know of it. */
  readonly traits: RequestTraits;
  /** Its body. */
  readonly source: RequestSource;
  /** Its response. */
  readonly transport: SocketTransport;
  /** Its entry in the access log, if there is one. */
  entry: LogEntry | undefined;
  /** Its variables, once they are known. */
  environ: Environ | undefined;
}

/** What connections need of their server. */
export interface ConnectionHost<Head> {
  /** What is spoken. */
  readonly protocol: Protocol<Head>;
  /** The limits, in ticks of the server's clock. */
  readonly limits: TimeLimits;
  /** The tick that it is. */
  readonly now: number;
  /** Whether connections end with the request that they carry. */
  readonly isStopping: boolean;
  /**
   * Asks for a place for a request.
   *
   * @param connection The connection.
   * @returns Whether there is one now; if not, the server calls
   * {@linkcode ServedConnection.proceed} or {@linkcode ServedConnection.refuse} later.
   */
  admit(connection: ServedConnection<Head>): boolean;
  /**
   * Calls the application.
   *
   * @returns A promise if it is not over at once.
   * @throws {RequestError} If no application may see the request.
   */
  handle(
    request: ActiveRequest<Head>,
    connection: ServedConnection<Head>,
  ): void | Promise<void>;
  /** Ends a request whose time is up. */
  onTimeout(request: ActiveRequest<Head>): void;
  /** Takes note that the client left while its request was handled. */
  onLeft(request: ActiveRequest<Head>): void;
  /** Takes note that a request that was admitted is over. */
  onRequestOver(
    connection: ServedConnection<Head>,
    request: ActiveRequest<Head>,
  ): void;
  /** Takes note that a request was refused, with a body of some bytes. */
  onRefused(
    connection: ServedConnection<Head>,
    error: RequestError,
    bytesSent: number,
  ): void;
  /** Takes note that a body which the application does not read is malformed. */
  onBrokenOff(connection: ServedConnection<Head>, error: RequestError): void;
  /** Takes note of an error that nothing but a fault of this package causes. */
  onFault(connection: ServedConnection<Head>, error: unknown): void;
  /** Takes note that the connection is closed. */
  onClosed(connection: ServedConnection<Head>): void;
}
