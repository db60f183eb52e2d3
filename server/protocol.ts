/**
 * What HTTP, SCGI and uwsgi have each of its own. Everything else about
 * connections, `connection.ts` and `socket_server.ts` do for all three.
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
import type { LoggedHead } from "./log_entry.ts";
import type { LingeringLimits } from "./socket_end.ts";
import type { SocketWriter } from "./socket_writer.ts";

/** What is found in received bytes. */
export type ParserEvent<Head> =
  | { readonly type: "head"; readonly head: Head }
  /** A part of a body; a view on received bytes, valid until the next call. */
  | { readonly type: "data"; readonly data: Uint8Array }
  | { readonly type: "end" };

/** Finds requests in the bytes of one connection. It does no I/O. */
export interface Parser<Head> {
  /** Whether nothing of a further request has come. */
  readonly isIdle: boolean;
  /** How many received bytes wait to be parsed. */
  readonly size: number;
  /** How many bytes of a body of known length are still to come. */
  readonly missing: number;
  /** Adds received bytes, which are borrowed until `next()` returns nothing. */
  receive(bytes: Uint8Array, length: number): void;
  /** Copies the bytes that wait. */
  keep(): void;
  /**
   * Parses what has come.
   *
   * @returns What was found; `undefined` if more bytes are needed.
   * @throws {RequestError} If the request must be refused.
   */
  next(): ParserEvent<Head> | undefined;
  /**
   * Takes note that nothing more will come.
   *
   * @throws {RequestError} If that is worth a line in the log.
   */
  end?(): void;
}

/** Sends one response over a connection. */
export interface SocketTransport extends Transport {
  readonly cancellation: Cancellation;
  /** The status code that was sent; 0 as long as there is none. */
  readonly status: number;
  /** How many bytes of the body were handed over. */
  readonly bytesSent: number;
  /** Whether the response is complete. */
  readonly isOver: boolean;
  /** Why the response was broken off, if it was. */
  readonly failure?: unknown;
  /** Whether the peer was told that a further request may follow. */
  readonly keepsAlive: boolean;
  /** Asks the client for a body that it holds back. */
  sendContinue?(): void;
}

/** The connection that a response is sent over. */
export interface Channel {
  /** What is written to it. */
  readonly writer: SocketWriter;
  /**
   * Decides whether a further request may follow, when the head of a response
   * leaves.
   *
   * @param isWhole Whether the body of the response is complete, so that nobody
   * will read the body of the request any more.
   */
  mayKeepAlive(isWhole: boolean): boolean;
  /**
   * Closes the connection as soon as everything is sent that was handed over,
   * so that a response stays incomplete.
   */
  breakOff(reason: unknown): void;
}

/** What a connection has to know of the head of a request. */
export interface RequestTraits {
  /** Whether a body follows. */
  readonly hasBody: boolean;
  /** Whether the client waits for `100 Continue` before it sends the body. */
  readonly expectsContinue: boolean;
  /** Whether the client wants to send further requests. */
  readonly keepsAlive: boolean;
}

/** An environ, and its input as the server made it. */
export interface ServedEnviron {
  /** The variables; the application may change them. */
  readonly environ: Environ;
  /** What `wsgi.input` was. */
  readonly input: RequestInput;
}

/** How a server talks to those who connect. */
export interface Protocol<Head> {
  /** Whether a connection can carry more than one request. */
  readonly isPersistent: boolean;
  /** What a peer may send after the last response: bytes and milliseconds. */
  readonly lingering: LingeringLimits;
  /** Makes the parser of one connection. */
  createParser(): Parser<Head>;
  /** Makes the transport of one response. */
  createTransport(channel: Channel, head: Head): SocketTransport;
  /** Returns what a connection has to know of a head. */
  traitsOf(head: Head): RequestTraits;
  /**
   * Makes the environ of one request.
   *
   * @param head The head of the request.
   * @param parser The parser that found it.
   * @param remote The address of the client, where it has one.
   * @param openBody Returns the body of the request, `null` for an empty one.
   * @param signal Returns the signal of the request.
   * @returns The environ.
   * @throws {RequestError} If no application may see the request.
   */
  createEnviron(
    head: Head,
    parser: Parser<Head>,
    remote: Deno.NetAddr | undefined,
    openBody: OpenBody,
    signal: () => AbortSignal,
  ): ServedEnviron;
  /**
   * Writes the answer to a request that no application sees.
   *
   * @param writer Where it goes.
   * @param head The head, if it could be read.
   * @param status The status of the answer.
   * @returns How long its body is; `undefined` if it cannot be answered.
   */
  refuse(
    writer: SocketWriter,
    head: Head | undefined,
    status: number,
  ): number | undefined;
  /** Says in one line which request was refused, and why. */
  describeRefusal(
    error: RequestError,
    remote: Deno.NetAddr | undefined,
  ): string;
  /** Returns what an access log shows of a head. */
  toLogged?(
    head: Head | undefined,
    parser: Parser<Head>,
  ): LoggedHead | undefined;
}

/**
 * Adds the response to a request that no application sees.
 *
 * RFC 9110 section 9.3.2: there is no body in a response to HEAD.
 *
 * @param writer What it is written by.
 * @param status The status code.
 * @param method The method of the request, if it could be read.
 * @param encode Encodes the head.
 * @returns How many bytes the body has.
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
