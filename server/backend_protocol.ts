/**
 * {@linkcode serveBackend}: serves SCGI and uwsgi.
 *
 * @module
 */

import { completeVariables } from "../gateway/backend/cgi_variables.ts";
import {
  type BackendHead,
  BackendParser,
} from "../gateway/backend/backend_parser.ts";
import type { ParseBlock } from "../gateway/backend/header_block.ts";
import { Cancellation } from "../gateway/cancellation.ts";
import { encodeCgiHead } from "../gateway/cgi/transport.ts";
import { SERVER_SOFTWARE } from "../gateway/environ/base_environ.ts";
import { createCgiEnviron } from "../gateway/environ/cgi_environ.ts";
import type { OpenBody } from "../gateway/input/request_body.ts";
import { RequestInput } from "../gateway/input/input_stream.ts";
import type { ResponseHead } from "../gateway/response_head.ts";
import { checkApplication } from "../gateway/run_application.ts";
import { RequestError } from "../http1/request_error.ts";
import { StderrStream } from "../wsgi/error_stream.ts";
import type { Application, ErrorStream } from "../wsgi/types.ts";
import { checkAddress, toUrl } from "./listen.ts";
import type { RemoteAddress } from "./listener.ts";
import { openListener } from "./open_listener.ts";
import { checkOptions } from "./options.ts";
import type { BackendOptions } from "./types.ts";
import {
  addErrorResponse,
  type Channel,
  type Protocol,
  type RequestTraits,
  type ServedEnviron,
  type SocketTransport,
} from "./protocol.ts";
import { SocketServer } from "./socket_server.ts";
import { backendTimeouts } from "./socket_server_options.ts";
import type { SocketWriter } from "./socket_writer.ts";
import type { WsgiServer } from "./types.ts";

const NOTHING = new Uint8Array(0);

/** The differences between SCGI and uwsgi. */
export interface BackendDialect {
  /** The name of the protocol, for messages. */
  readonly name: string;
  /** The file with variables that the configuration of nginx must include. */
  readonly params: string;
  /** The text before the status of a response. */
  readonly statusPrefix: string;
  /** Parses the header block. */
  readonly parseBlock: ParseBlock;
}

/** Sends one response to a web server in the format of CGI. */
class BackendTransport implements SocketTransport {
  readonly cancellation: Cancellation = new Cancellation();
  /** A connection carries one request. */
  readonly keepsAlive = false;
  readonly #channel: Channel;
  readonly #encode: (head: ResponseHead) => Uint8Array;
  status = 0;
  bytesSent = 0;
  isOver = false;

  constructor(channel: Channel, encode: (head: ResponseHead) => Uint8Array) {
    this.#channel = channel;
    this.#encode = encode;
  }

  sendHead(head: ResponseHead): void {
    this.status = head.code;
    this.#channel.writer.add(this.#encode(head));
  }

  write(chunk: Uint8Array, isLast?: boolean): void | PromiseLike<void> {
    this.bytesSent += chunk.length;
    return this.#channel.writer.write(chunk, NOTHING, isLast);
  }

  end(): void {
    this.isOver = true;
    this.#channel.writer.flush();
  }

  abort(reason: unknown): void {
    this.#channel.cutOff(reason);
  }
}

/** The protocol of one server: SCGI or uwsgi. */
class BackendProtocol implements Protocol<BackendHead> {
  readonly isPersistent = false;
  /** A web server forwards a body as fast as its own client sends it. */
  readonly lingering = { quietMs: 10_000, timeMs: 30_000 };
  readonly #dialect: BackendDialect;
  readonly #options: BackendOptions;
  readonly #errors: ErrorStream;

  constructor(
    dialect: BackendDialect,
    options: BackendOptions,
    errors: ErrorStream,
  ) {
    this.#dialect = dialect;
    this.#options = options;
    this.#errors = errors;
  }

  createParser(): BackendParser {
    return new BackendParser(this.#dialect.parseBlock);
  }

  createTransport(channel: Channel): BackendTransport {
    return new BackendTransport(channel, (head) => this.#encode(head));
  }

  #encode(head: ResponseHead): Uint8Array {
    return encodeCgiHead(
      head,
      this.#dialect.statusPrefix,
      (message) => this.#errors.write(`${message}\n`),
    );
  }

  traitsOf({ length }: BackendHead): RequestTraits {
    return { hasBody: length > 0, expectsContinue: false, keepsAlive: false };
  }

  createEnviron(
    { variables }: BackendHead,
    _parser: BackendParser,
    _remote: RemoteAddress | undefined,
    openBody: OpenBody,
    signal: () => AbortSignal,
  ): ServedEnviron {
    const { maxRequestBodySize: maxSize, multiprocess = false } = this.#options;
    if ((variables["REQUEST_METHOD"] ?? "") === "") {
      const { params } = this.#dialect;
      // This is not the client's fault: a variable is missing.
      throw new RequestError(
        `REQUEST_METHOD must be sent by the web server, got none: nginx needs "include ${params};"`,
        500,
      );
    }
    const completed = completeVariables(variables);
    const SERVER = this.#options.serverSoftware ??
      completed["SERVER_SOFTWARE"] ?? SERVER_SOFTWARE;
    let input: RequestInput | undefined;
    const environ = createCgiEnviron(
      { ...completed, SERVER_SOFTWARE: SERVER },
      {
        openInput: (contentLength) =>
          input = new RequestInput(
            openBody,
            { contentLength, maxSize, ownsChunks: true },
          ),
        errors: this.#errors,
        multiprocess,
        runOnce: false,
        signal,
      },
      this.#options,
    );
    return { environ, input: input ?? new RequestInput(() => null) };
  }

  refuse(
    writer: SocketWriter,
    head: BackendHead | undefined,
    status: number,
  ): number | undefined {
    if (head === undefined) return undefined;
    const method = head.variables["REQUEST_METHOD"];
    return addErrorResponse(
      writer,
      status,
      method,
      (start) => this.#encode(start),
    );
  }

  describeRefusal({ message }: RequestError): string {
    return `Cannot serve over ${this.#dialect.name}: ${message}`;
  }
}

/**
 * Creates a server and starts it.
 *
 * @param dialect The protocol.
 * @param app The application.
 * @param options The options of the server.
 * @returns The running server.
 * @throws As `serveScgi()` does.
 */
export function serveBackend(
  dialect: BackendDialect,
  app: Application,
  options: BackendOptions,
): WsgiServer {
  const { hostname = "127.0.0.1", port = 0, path, onError } = options;
  checkApplication(app);
  checkOptions(options);
  checkAddress({ hostname, port, path });
  const errors = options.environ?.["wsgi.errors"] as ErrorStream | undefined ??
    new StderrStream();
  const listener = openListener({ ...options, hostname, port });
  const server = new SocketServer({
    ...options,
    app,
    hostname,
    listener,
    protocol: new BackendProtocol(dialect, options, errors),
    url: toUrl(dialect.name.toLowerCase(), {
      hostname,
      port: listener.port,
      path,
    }),
    errors,
    run: { onError },
    ...backendTimeouts(options),
    maxInFlight: undefined,
    // Other requests wait in the listen queue of the system.
    maxConnections: options.maxInFlight,
  });
  server.serveForever();
  return server;
}
