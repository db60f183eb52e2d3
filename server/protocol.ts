/**
 * {@linkcode Protocol}: the differences between HTTP, SCGI and uwsgi. The rest
 * of `server/` is the same for all three.
 *
 * @module
 */

import type { OpenBody } from "../gateway/input/request_body.ts";
import type { RequestInput } from "../gateway/input/input_stream.ts";
import type { Transport } from "../gateway/transport.ts";
import type { Cancellation } from "../gateway/cancellation.ts";
import { errorResponse } from "../gateway/error_response.ts";
import {
  type ResponseHead,
  withContentLength,
} from "../gateway/response_head.ts";
import type { RequestError } from "../http1/request_error.ts";
import type { Environ } from "../wsgi/types.ts";
import type { LoggedHead } from "./access_log.ts";
import type { RemoteAddress } from "./listener.ts";
import type { LingeringLimits } from "./socket_end.ts";
import type { SocketWriter } from "./socket_writer.ts";

/** An event in received bytes. */
export type ParserEvent<Head> =
  | { readonly type: "head"; readonly head: Head }
  /** A part of a body; a view of received bytes, valid until the next call. */
  | { readonly type: "data"; readonly data: Uint8Array }
  | { readonly type: "end" };

/** Parses the bytes of one connection, without I/O. */
export interface Parser<Head> {
  /** Whether no byte of a further request has arrived. */
  readonly isIdle: boolean;
  /** The number of received bytes that are not parsed yet. */
  readonly size: number;
  /** The number of missing bytes of a body of known length. */
  readonly missing: number;
  /** Adds received bytes, which are borrowed until `next()` returns nothing. */
  receive(bytes: Uint8Array, length: number): void;
  /** Copies the bytes that are not parsed yet. */
  keep(): void;
  /**
   * Parses the bytes that have arrived.
   *
   * @returns The next event; `undefined` if more bytes are needed.
   * @throws {RequestError} If the request must be refused.
   */
  next(): ParserEvent<Head> | undefined;
  /**
   * Ends the received bytes.
   *
   * @throws {RequestError} If the end is an error that should be logged.
   */
  end?(): void;
}

/** Sends one response over a connection. */
export interface SocketTransport extends Transport {
  /** The early end of the request. */
  readonly cancellation: Cancellation;
  /** The status code that was sent; 0 if none was. */
  readonly status: number;
  /** The number of body bytes that were passed to the connection. */
  readonly bytesSent: number;
  /** Whether the response is complete. */
  readonly isOver: boolean;
  /** The reason for an incomplete response. */
  readonly failure?: unknown;
  /** Whether the response allows a further request on the connection. */
  readonly keepsAlive: boolean;
  /** Sends `100 Continue`. */
  sendContinue?(): void;
}

/** The interface of a connection for a response. */
export interface Channel {
  /** The writer of the connection. */
  readonly writer: SocketWriter;
  /** The time for Date, in milliseconds since the epoch. */
  readonly time: number;
  /**
   * Decides whether a further request may follow. Called when the head of the
   * response is sent.
   *
   * @param isWhole Whether the body of the response is known, so that the body
   * of the request will not be read any more.
   * @returns Whether a further request may follow.
   */
  mayKeepAlive(isWhole: boolean): boolean;
  /**
   * Cuts the response off: closes the connection after the pending bytes have
   * been sent.
   *
   * @param reason The reason.
   */
  cutOff(reason: unknown): void;
}

/** The facts about a request that a connection needs. */
export interface RequestTraits {
  /** Whether a body follows. */
  readonly hasBody: boolean;
  /** Whether the client waits for `100 Continue` before it sends the body. */
  readonly expectsContinue: boolean;
  /** Whether the client may send further requests. */
  readonly keepsAlive: boolean;
}

/** An environ and its original input. */
export interface ServedEnviron {
  /** The variables; the application may change them. */
  readonly environ: Environ;
  /** The original `wsgi.input`. */
  readonly input: RequestInput;
}

/** The protocol of a server. */
export interface Protocol<Head> {
  /** Whether a connection can carry more than one request. */
  readonly isPersistent: boolean;
  /** The time limits after the last response. */
  readonly lingering: LingeringLimits;
  /** Creates the parser of one connection. */
  createParser(): Parser<Head>;
  /** Creates the transport of one response. */
  createTransport(channel: Channel, head: Head): SocketTransport;
  /** Returns the facts that a connection needs. */
  traitsOf(head: Head): RequestTraits;
  /**
   * Creates the environ of one request.
   *
   * @param head The head of the request.
   * @param parser The parser of the connection.
   * @param remote The address of the client, if it has one.
   * @param openBody Returns the body of the request; `null` if it is empty.
   * @param signal Returns the signal of the request.
   * @returns The environ.
   * @throws {RequestError} If the request must be refused.
   */
  createEnviron(
    head: Head,
    parser: Parser<Head>,
    remote: RemoteAddress | undefined,
    openBody: OpenBody,
    signal: () => AbortSignal,
  ): ServedEnviron;
  /**
   * Writes the response to a refused request.
   *
   * @param writer The writer of the connection.
   * @param head The head, if it could be parsed.
   * @param status The status of the response.
   * @param time The time for Date, in milliseconds since the epoch.
   * @returns The size of its body in bytes; `undefined` if the protocol has no
   * response for this request.
   */
  refuse(
    writer: SocketWriter,
    head: Head | undefined,
    status: number,
    time: number,
  ): number | undefined;
  /** Describes a refused request in one line for the log. */
  describeRefusal(
    error: RequestError,
    remote: RemoteAddress | undefined,
  ): string;
  /** Returns the head for the access log. */
  toLogged?(
    head: Head | undefined,
    parser: Parser<Head>,
  ): LoggedHead | undefined;
}

/**
 * Writes the response to a refused request.
 *
 * RFC 9110 section 9.3.2: a response to HEAD has no body.
 *
 * @param writer The writer of the connection.
 * @param status The status code.
 * @param method The method of the request, if it could be parsed.
 * @param encode Encodes the head.
 * @returns The size of the body in bytes.
 */
export function addErrorResponse(
  writer: SocketWriter,
  status: number,
  method: string | undefined,
  encode: (head: ResponseHead) => Uint8Array,
): number {
  const [start, page] = errorResponse(status);
  writer.add(encode(withContentLength(start, page.length)));
  if (method === "HEAD") return 0;
  writer.add(page);
  return page.length;
}
