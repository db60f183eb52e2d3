/**
 * The log entry of one request, from its arrival to the end of its response.
 *
 * @module
 */

import type { AccessLogger } from "../gateway/access_record.ts";
import type { Cancellation } from "../gateway/cancellation.ts";
import { errorResponse } from "../gateway/error_response.ts";
import type { FetchObserver } from "../gateway/fetch/handle_fetch.ts";
import type { FetchTransport } from "../gateway/fetch/transport.ts";
import type { ResponseHead } from "../gateway/response_head.ts";
import type { Transport } from "../gateway/transport.ts";
import { encodeUtf8 } from "../wsgi/byte_string.ts";
import type { Environ } from "../wsgi/types.ts";

/** How a request ended. */
interface End {
  readonly status: number;
  readonly bytesSent: number;
  readonly clientLeft?: boolean;
  readonly environ?: Environ;
}

/**
 * Returns path and query as they were sent, also of a URL that is not valid:
 * Deno joins scheme, Host and target without checking them.
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
export class LogEntry implements FetchObserver {
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
   * @param info What the runtime passes with it.
   * @param log Gets the record.
   */
  constructor(request: Request, info: unknown, log: AccessLogger) {
    this.#log = log;
    // Taken now: a runtime may not give them when the request is over.
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
  endWithError(status: number): void {
    const [, page] = errorResponse(status);
    const bytesSent = this.#method === "HEAD" ? 0 : page.byteLength;
    this.end({ status, bytesSent });
  }

  /**
   * Watches a transport, and logs the request when its response is over.
   *
   * @param transport The transport that does the work.
   * @param environ The variables of the request.
   * @returns The transport to use in its place.
   */
  observe(transport: FetchTransport, environ: Environ): Transport {
    return new LoggedTransport(transport, this, environ);
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

/**
 * Counts what goes through another transport, and logs it at its end. Every
 * response passes here on its way out, so nothing else has to know of the log.
 */
class LoggedTransport implements Transport {
  readonly cancellation: Cancellation;
  readonly #transport: FetchTransport;
  readonly #entry: LogEntry;
  readonly #environ: Environ;
  #status = 0;
  #bytesSent = 0;

  /**
   * @param transport The transport that does the work.
   * @param entry Logs the request at its end.
   * @param environ The variables of the request.
   */
  constructor(transport: FetchTransport, entry: LogEntry, environ: Environ) {
    this.#transport = transport;
    this.#entry = entry;
    this.#environ = environ;
    this.cancellation = transport.cancellation;
    transport.onLeave = () => this.#end(true);
  }

  respond(head: ResponseHead, body: Uint8Array): void {
    this.#transport.respond(head, body);
    this.#status = head.code;
    this.#bytesSent = body.byteLength;
    this.#end();
  }

  sendFile(
    head: ResponseHead,
    file: () => ReadableStream<Uint8Array>,
  ): Promise<void> | undefined {
    const sending = this.#transport.sendFile(head, file);
    return sending?.then(() => {
      this.#status = head.code;
      this.#bytesSent = head.contentLength ?? 0;
      this.#end();
    });
  }

  sendHead(head: ResponseHead): void {
    this.#transport.sendHead(head);
    this.#status = head.code;
  }

  write(chunk: Uint8Array): void | PromiseLike<void> {
    this.#bytesSent += chunk.byteLength;
    return this.#transport.write(chunk);
  }

  end(): void {
    this.#transport.end();
    this.#end();
  }

  abort(reason: unknown): void {
    this.#transport.abort(reason);
    // Where there is no head yet, the transport makes an answer of its own.
    this.#status ||= 500;
    this.#end();
  }

  #end(clientLeft = false): void {
    this.#entry.end({
      status: this.#status,
      bytesSent: this.#bytesSent,
      clientLeft,
      environ: this.#environ,
    });
  }
}
