/**
 * The log entry of one request, from its arrival to the end of its response.
 *
 * @module
 */

import type { AccessLogger } from "../gateway/access_record.ts";
import type { RequestHead } from "../http1/request_head.ts";
import type { RequestLine } from "../http1/request_line.ts";
import type { Environ } from "../wsgi/types.ts";

/** The head of a request, or only its first line if the rest is malformed. */
export type LoggedHead = RequestLine & Partial<RequestHead>;

/** How a request ended. */
export interface RequestEnd {
  /** The status code that was sent; 0 for none. */
  readonly status: number;
  /** How many bytes of the body were handed over. */
  readonly bytesSent: number;
  /** Whether the client left before the response was complete. */
  readonly clientLeft?: boolean | undefined;
  /** Why the response was broken off, if it was. */
  readonly failure?: string | undefined;
  /** The variables of the request, if an application has seen it. */
  readonly environ?: Environ | undefined;
}

/** One request that is going to be logged, once. */
export class LogEntry {
  readonly #log: AccessLogger;
  readonly #time = new Date();
  readonly #start: number = performance.now();
  readonly #head: LoggedHead | undefined;
  readonly #remoteAddress: string | undefined;
  #isLogged = false;

  /**
   * @param head The head of the request, if it could be read.
   * @param remoteAddress The address of the client, if it has one.
   * @param log Gets the record.
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
   * Logs the request. A second call does nothing.
   *
   * @param end How it ended.
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
