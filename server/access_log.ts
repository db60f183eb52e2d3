/**
 * The access log of a server: one record for each request.
 *
 * @module
 */

import { type AccessRecord, formatCommon } from "../gateway/access_record.ts";
import { encodeUtf8 } from "../wsgi/byte_string.ts";
import { isThenable } from "../wsgi/describe.ts";
import { errorResponse, formatError } from "../gateway/error_response.ts";
import { StderrStream } from "../wsgi/error_stream.ts";
import { LogWriter } from "./log_writer.ts";
import type { Environ, ErrorStream } from "../wsgi/types.ts";

/** Where records go: whatever a program wants to do with them. */
export type AccessLogger = (record: AccessRecord) => unknown;

/** How a request ended. */
interface End {
  readonly status: number;
  readonly bytesSent: number;
  readonly clientLeft?: boolean;
  readonly environ?: Environ;
}

/**
 * Gives path and query as they were sent, also of a URL that is none: Deno
 * joins scheme, Host and target, whatever they are.
 */
function targetOf(url: string, host: string | null): string {
  const start = url.indexOf("://") + 3;
  const path = host !== null && url.startsWith(host, start)
    ? start + host.length
    : url.indexOf("/", start);
  return encodeUtf8(
    url.slice(path === -1 || path >= url.length ? start : path),
  );
}

function remoteAddressOf(info: unknown): string | undefined {
  const addr = (info as { remoteAddr?: { hostname?: unknown } } | undefined)
    ?.remoteAddr;
  return typeof addr?.hostname === "string" ? addr.hostname : undefined;
}

/** One request that is going to be logged, once. */
export class LogEntry {
  readonly #log: AccessLogger;
  readonly #time = new Date();
  readonly #start: number = performance.now();
  readonly #method: string;
  readonly #url: string;
  readonly #headers: Headers;
  readonly #remoteAddress: string | undefined;
  #ended = false;

  /**
   * @param request The request, which has just come.
   * @param info What the runtime tells beside it.
   * @param log Gets the record.
   */
  constructor(request: Request, info: unknown, log: AccessLogger) {
    this.#log = log;
    // Taken now: a runtime may not tell when the request is over.
    this.#method = request.method;
    this.#url = request.url;
    this.#headers = request.headers;
    this.#remoteAddress = remoteAddressOf(info);
  }

  /**
   * Logs a request that the server has answered itself.
   *
   * @param status The status of the answer.
   */
  refuse(status: number): void {
    const [, page] = errorResponse(status);
    const bytesSent = this.#method === "HEAD" ? 0 : page.byteLength;
    this.end({ status, bytesSent });
  }

  /**
   * Logs the request. A second call does nothing.
   *
   * @param end How it ended.
   */
  end({ status, bytesSent, clientLeft = false, environ }: End): void {
    if (this.#ended) return;
    this.#ended = true;
    const remoteUser: unknown = environ?.REMOTE_USER;
    const headers = this.#headers;
    this.#log({
      time: this.#time,
      remoteAddress: this.#remoteAddress,
      remoteUser: typeof remoteUser === "string" ? remoteUser : undefined,
      method: this.#method,
      target: targetOf(this.#url, headers.get("host")),
      protocol: "HTTP/1.1",
      status,
      bytesSent,
      duration: performance.now() - this.#start,
      clientLeft,
      referer: headers.get("referer") ?? undefined,
      userAgent: headers.get("user-agent") ?? undefined,
    });
  }
}

/** The access log of one server. */
export class AccessLog {
  readonly #logger: AccessLogger;
  readonly #writer: LogWriter<AccessRecord> | undefined;

  /**
   * @param logger Gets each record, after its response was handed over. Without
   * it, lines in Common Log Format go to stderr.
   */
  constructor(logger?: AccessLogger) {
    if (logger === undefined) {
      const writer = this.#writer = new LogWriter(formatCommon);
      this.#logger = (record) => writer.add(record);
    } else {
      const errors = new StderrStream();
      this.#logger = (record) =>
        queueMicrotask(() => deliver(logger, record, errors));
    }
  }

  /**
   * Begins the record of a request.
   *
   * @param request The request.
   * @param info What the runtime tells beside it.
   * @returns What is told how it ended.
   */
  begin(request: Request, info: unknown): LogEntry {
    return new LogEntry(request, info, this.#logger);
  }

  /** Writes what waits. */
  flush(): void {
    this.#writer?.flush();
  }

  /** Writes what waits, and keeps nothing back from now on. */
  close(): void {
    this.#writer?.close();
  }
}

/**
 * Calls a program's function. Its failure is not that of a request.
 *
 * @param logger The function.
 * @param record What it gets.
 * @param errors Where a failure is told.
 */
export function deliver(
  logger: AccessLogger,
  record: AccessRecord,
  errors: ErrorStream,
): void {
  const complain = (error: unknown): void =>
    errors.write(`The access log failed: ${formatError(error)}`);
  try {
    const result: unknown = logger(record);
    if (isThenable(result)) result.then(undefined, complain);
  } catch (error) {
    complain(error);
  }
}
