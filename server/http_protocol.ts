/**
 * {@linkcode HttpProtocol}: the HTTP/1.1 of one server.
 *
 * @module
 */

import { EnvironTemplate } from "../gateway/environ/environ_template.ts";
import { createHttpEnviron } from "../gateway/environ/http_environ.ts";
import type { BodyLimits, OpenBody } from "../gateway/input/request_body.ts";
import { RequestInput } from "../gateway/input/input_stream.ts";
import { describeRefusal } from "../gateway/rate_limited_log.ts";
import type { RequestError } from "../http1/request_error.ts";
import type { RequestHead } from "../http1/request_head.ts";
import { RequestParser } from "../http1/request_parser.ts";
import { ResponseEncoder } from "../http1/response_encoder.ts";
import { HttpTransport } from "./http_transport.ts";
import type { LoggedHead } from "./access_log.ts";
import type { RemoteAddress, ServerAddress } from "./listener.ts";
import type { ServerOptions } from "./types.ts";
import {
  addErrorResponse,
  type Channel,
  type Parser,
  type Protocol,
  type RequestTraits,
  type ServedEnviron,
} from "./protocol.ts";
import type { SocketWriter } from "./socket_writer.ts";

/** The parser of a connection, with a template for its environs. */
class HttpParser extends RequestParser {
  readonly template: EnvironTemplate;

  constructor(maxHeaderSize: number | undefined, like: HttpParser | undefined) {
    super({ maxHeaderSize, like });
    this.template = new EnvironTemplate(like?.template);
  }
}

/** HTTP/1.1 with the options of one server. */
export class HttpProtocol implements Protocol<RequestHead> {
  readonly isPersistent = true;
  readonly lingering = { quietMs: 2_000, timeMs: 30_000 };
  readonly #options: ServerOptions;
  readonly #address: ServerAddress;
  readonly #scheme: "http" | "https";
  readonly #encoder = new ResponseEncoder();
  /**
   * The parser of the last request. A proxy or a load test sends the same head on
   * many connections.
   */
  #latest: HttpParser;

  /**
   * Creates the protocol.
   *
   * @param address The address of the server.
   * @param options The options of the server.
   */
  constructor(address: ServerAddress, options: ServerOptions) {
    this.#address = address;
    this.#options = options;
    this.#scheme = options.cert === undefined ? "http" : "https";
    this.#latest = new HttpParser(options.maxHeaderSize, undefined);
  }

  createParser(): HttpParser {
    return new HttpParser(this.#options.maxHeaderSize, this.#latest);
  }

  createTransport(channel: Channel, head: RequestHead): HttpTransport {
    return new HttpTransport(channel, head, this.#encoder);
  }

  traitsOf({ fields }: RequestHead): RequestTraits {
    return fields;
  }

  createEnviron(
    head: RequestHead,
    parser: HttpParser,
    remote: RemoteAddress | undefined,
    openBody: OpenBody,
    signal: () => AbortSignal,
  ): ServedEnviron {
    this.#latest = parser;
    const limits: BodyLimits = {
      maxSize: this.#options.maxRequestBodySize,
      ownsChunks: true,
    };
    const input = new RequestInput(openBody, limits);
    const environ = createHttpEnviron(
      head,
      {
        scheme: this.#scheme,
        serverName: this.#address.serverName,
        serverPort: this.#address.serverPort,
        remoteAddress: remote?.hostname,
        remotePort: remote?.port,
        isUnixSocket: remote === undefined,
        input,
        limits,
        signal,
      },
      this.#options,
      parser.template,
    );
    return { environ, input };
  }

  refuse(
    writer: SocketWriter,
    head: RequestHead | undefined,
    status: number,
    time: number,
  ): number {
    const method = head?.method;
    const context = { method, version: "1.1", keepsAlive: false } as const;
    return addErrorResponse(
      writer,
      status,
      method,
      (start) => this.#encoder.encode(start, context, time).bytes,
    );
  }

  describeRefusal(
    error: RequestError,
    remote: RemoteAddress | undefined,
  ): string {
    return describeRefusal(error, remote?.hostname);
  }

  toLogged(
    head: RequestHead | undefined,
    parser: Parser<RequestHead>,
  ): LoggedHead | undefined {
    return head ?? (parser as RequestParser).requestLine;
  }
}
