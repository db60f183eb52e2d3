/**
 * The requests of the application cases, and the environs created from them.
 *
 * @module
 */

import { percentDecode, toBytes } from "../../wsgi/byte_string.ts";
import { headerKey } from "../../gateway/environ/header_variables.ts";
import { RequestInput } from "../../gateway/input/input_stream.ts";
import { StderrStream } from "../../wsgi/error_stream.ts";
import type { Environ, HeaderTuple, WrapFile } from "../../wsgi/types.ts";
import { FileWrapper } from "../../wsgi/file_wrapper.ts";

/** The body of a request, and how it arrives. */
export interface RequestBody {
  /** The bytes that arrive. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /**
   * Content-Length in bytes.
   *
   * @default {the number of bytes}
   */
  readonly length?: number | undefined;
  /** Whether it has no Content-Length, like a chunked upload. */
  readonly isChunked?: boolean | undefined;
  /** How many bytes arrive at a time. Default: all of them. */
  readonly piece?: number | undefined;
  /** Whether the rest and the end never arrive, until the client leaves. */
  readonly stalls?: boolean | undefined;
  /** The server's limit in bytes. */
  readonly limit?: number | undefined;
}

/** A request, from which an environ is created. */
export interface KitRequest {
  /** The method. Default: `GET`. */
  readonly method?: string | undefined;
  /** The path and query, as sent by the client. */
  readonly target: string;
  /** The mount point of the application; a part of the target. */
  readonly mount?: string | undefined;
  /** The protocol. Default: `HTTP/1.1`. */
  readonly protocol?: string | undefined;
  /** The headers, except Host and those of the body. */
  readonly headers?: readonly HeaderTuple[] | undefined;
  /** The body, if there is one. */
  readonly body?: RequestBody | undefined;
  /** Variables that the server does not set. */
  readonly without?: readonly string[] | undefined;
  /** Additional variables. */
  readonly environ?: Readonly<Record<string, unknown>> | undefined;
  /** Whether the environ has no prototype, which SPEC.md allows. */
  readonly bare?: boolean | undefined;
}

const VERSION = Object.freeze([1, 0] as const);
const HOST = "127.0.0.1:8000";

const wrapFile: WrapFile = (
  ...args: ConstructorParameters<typeof FileWrapper>
): FileWrapper => new FileWrapper(...args);

/**
 * Returns the name of a request for messages.
 *
 * @param request The request to name.
 * @returns The method and the target, shortened.
 */
export function requestName({ method = "GET", target }: KitRequest): string {
  const shown = target.length > 60 ? `${target.slice(0, 60)}…` : target;
  return `${method} ${shown}`;
}

/**
 * Returns the headers as a client would send them.
 *
 * @param request The request, not changed.
 * @returns The headers, with Host and those of the body.
 */
export function clientHeaders(
  { headers = [], body, without = [] }: KitRequest,
): HeaderTuple[] {
  const all: HeaderTuple[] = without.includes("HTTP_HOST")
    ? []
    : [["Host", HOST]];
  all.push(...headers);
  if (body?.isChunked) all.push(["Transfer-Encoding", "chunked"]);
  else if (body !== undefined) {
    all.push(["Content-Length", String(body.length ?? body.bytes.length)]);
  }
  return all;
}

/**
 * Formats a request as it would be sent over a socket.
 *
 * @param request The request to format.
 * @returns The bytes; a chunked body is shown without its framing.
 */
export function toWire(request: KitRequest): Uint8Array {
  const { method = "GET", target, protocol = "HTTP/1.1", body } = request;
  const lines = clientHeaders(request).map(([name, value]) =>
    `${name}: ${value}`
  );
  const head = toBytes(
    [`${method} ${target} ${protocol}`, ...lines, "", ""].join("\r\n"),
  );
  const bytes = body?.bytes ?? new Uint8Array();
  const wire = new Uint8Array(head.length + bytes.length);
  wire.set(head);
  wire.set(bytes, head.length);
  return wire;
}

/** Returns the stream of a request body, which creates chunks on demand. */
function toStream(
  body: RequestBody,
  stalled: () => void,
): ReadableStream<Uint8Array> {
  const { bytes, piece = Math.max(bytes.length, 1), stalls = false } = body;
  let sent = 0;
  return new ReadableStream({
    pull(controller): void {
      if (sent < bytes.length) {
        // Copied, because the application may change the bytes it reads.
        controller.enqueue(bytes.slice(sent, sent += piece));
      } else if (stalls) stalled();
      else controller.close();
    },
  }, { highWaterMark: 0 });
}

/**
 * Creates the input of a request.
 *
 * @param request The request with the body.
 * @param stalled Called when a read waits for bytes that never arrive.
 * @returns A fresh input.
 */
export function toInput(
  { body }: KitRequest,
  stalled: () => void,
): RequestInput {
  if (body === undefined) return new RequestInput(() => null);
  return new RequestInput(() => toStream(body, stalled), {
    contentLength: body.isChunked ? undefined : body.length ??
      body.bytes.length,
    maxSize: body.limit,
  });
}

/**
 * Creates the environ of a request, as a server would.
 *
 * @param request The request, not changed.
 * @param input The input for its body.
 * @param errors Receives the text that is written to `wsgi.errors`.
 * @param signal Returns the signal of the request.
 * @returns A fresh environ.
 */
export function toEnviron(
  request: KitRequest,
  input: RequestInput,
  errors: (text: string) => void,
  signal: () => AbortSignal,
): Environ {
  const { method = "GET", target, mount = "", protocol = "HTTP/1.1" } = request;
  const mark = target.indexOf("?");
  const path = mark === -1 ? target : target.slice(0, mark);
  const environ: Environ = {
    REQUEST_METHOD: method,
    SCRIPT_NAME: percentDecode(mount),
    PATH_INFO: percentDecode(path.slice(mount.length)),
    QUERY_STRING: mark === -1 ? "" : target.slice(mark + 1),
    REQUEST_URI: target,
    SERVER_NAME: "127.0.0.1",
    SERVER_PORT: "8000",
    SERVER_PROTOCOL: protocol,
    SERVER_SOFTWARE: "conformance/1.0",
    GATEWAY_INTERFACE: "CGI/1.1",
    REMOTE_ADDR: "127.0.0.1",
    REMOTE_PORT: "50000",
    "wsgi.version": VERSION,
    "wsgi.url_scheme": "http",
    "wsgi.input": input,
    "wsgi.errors": new StderrStream(errors),
    "wsgi.multithread": false,
    "wsgi.multiprocess": false,
    "wsgi.run_once": false,
    "wsgi.file_wrapper": wrapFile,
    "wsgi.input_terminated": true,
    "wsgiref.signal": signal,
  };
  for (const [name, value] of clientHeaders(request)) {
    const key = headerKey(name);
    if (key !== undefined) environ[key] = value;
  }
  Object.assign(environ, request.environ);
  for (const key of request.without ?? []) delete environ[key];
  return request.bare ? Object.assign(Object.create(null), environ) : environ;
}
