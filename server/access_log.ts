/**
 * {@linkcode AccessLog}: one record for each request.
 *
 * @module
 */

import { formatCommon } from "../gateway/access_line.ts";
import {
  type AccessLogger,
  deliver,
  describeFailure,
} from "../gateway/access_record.ts";
import type { Cancellation } from "../gateway/cancellation.ts";
import type { RequestHead } from "../http1/request_head.ts";
import type { RequestLine } from "../http1/request_line.ts";
import { StderrStream } from "../wsgi/error_stream.ts";
import type { Environ } from "../wsgi/types.ts";

/** The head of a request, or only its first line if the rest is malformed. */
export type LoggedHead = RequestLine & Partial<RequestHead>;

/** A response as the access log sees it. */
export interface LoggedResponse {
  /** The status code that was sent; 0 if none was. */
  readonly status: number;
  /** The number of body bytes that were passed to the connection. */
  readonly bytesSent: number;
  /** Whether the response is complete. */
  readonly isOver: boolean;
  /** The reason for an incomplete response. */
  readonly failure?: unknown;
  /** The early end of the request. */
  readonly cancellation: Cancellation;
}

/** The end of a request. */
export interface RequestEnd {
  /** The status code that was sent; 0 if none was. */
  readonly status: number;
  /** The number of body bytes that were passed to the connection. */
  readonly bytesSent: number;
  /** Whether the client left before the response was complete. */
  readonly clientLeft?: boolean | undefined;
  /** The reason for an incomplete response. */
  readonly failure?: string | undefined;
  /** The variables of the request, if the application was called. */
  readonly environ?: Environ | undefined;
}

/** The record of one request. It is logged once. */
export class LogEntry {
  readonly #log: AccessLogger;
  readonly #time = new Date();
  readonly #start: number = performance.now();
  readonly #head: LoggedHead | undefined;
  readonly #remoteAddress: string | undefined;
  #isLogged = false;

  /**
   * Begins a record.
   *
   * @param head The head of the request, if it could be parsed.
   * @param remoteAddress The address of the client, if it has one.
   * @param log Receives the record.
   */
  constructor(
    head: LoggedHead | undefined,
    remoteAddress: string | undefined,
    log: AccessLogger,
  ) {
    this.#head = head;
    this.#remoteAddress = remoteAddress;
    this.#log = log;
  }

  /**
   * Logs a request after its response. A second call has no effect.
   *
   * @param response The response.
   * @param environ The variables of the request, if they are known.
   * @param clientLeft Whether the client left before the response was complete.
   */
  endResponse(
    { status, bytesSent, isOver, failure, cancellation }: LoggedResponse,
    environ: Environ | undefined,
    clientLeft: boolean,
  ): void {
    const reason = isOver || clientLeft ? undefined : describeFailure(
      failure ?? cancellation.reason ?? new Error("The connection was closed"),
    );
    this.end({ status, bytesSent, clientLeft, failure: reason, environ });
  }

  /**
   * Logs the request. A second call has no effect.
   *
   * @param end The end of the request.
   */
  end(
    { status, bytesSent, clientLeft = false, failure, environ }: RequestEnd,
  ): void {
    if (this.#isLogged) return;
    this.#isLogged = true;
    const remoteUser: unknown = environ?.REMOTE_USER;
    this.#log({
      time: this.#time,
      remoteAddress: this.#remoteAddress,
      remoteUser: typeof remoteUser === "string" ? remoteUser : undefined,
      method: this.#head?.method ?? "-",
      target: this.#head?.target ?? "-",
      protocol: `HTTP/${this.#head?.version ?? "1.1"}`,
      status,
      bytesSent,
      duration: performance.now() - this.#start,
      clientLeft,
      ...failure !== undefined && { failure },
      referer: this.#header("referer"),
      userAgent: this.#header("user-agent"),
    });
  }

  #header(name: string): string | undefined {
    const headers = this.#head?.fields?.headers ?? [];
    for (let i = 0; i < headers.length; i += 2) {
      const other = headers[i]!;
      // Most names differ in length, which is cheaper to compare.
      if (other.length === name.length && other.toLowerCase() === name) {
        return headers[i + 1];
      }
    }
    return undefined;
  }
}

/** The access log of one server. */
export class AccessLog {
  readonly #log: AccessLogger;

  /**
   * Creates a log.
   *
   * @param logger Receives each record at the end of its response. By default,
   * lines in Common Log Format are written to stderr.
   */
  constructor(logger?: AccessLogger) {
    const errors = new StderrStream();
    this.#log = logger === undefined
      ? (record) => errors.write(`${formatCommon(record)}\n`)
      : (record) => deliver(logger, record, errors);
  }

  /**
   * Begins the record of a request.
   *
   * @param head The head of the request, if it could be parsed.
   * @param remoteAddress The address of the client, if it has one.
   * @returns The record, which must be ended once.
   */
  begin(
    head: LoggedHead | undefined,
    remoteAddress: string | undefined,
  ): LogEntry {
    return new LogEntry(head, remoteAddress, this.#log);
  }
}
