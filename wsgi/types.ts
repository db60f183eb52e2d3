/**
 * The interface between a server and an application: PEP 3333 as types. The
 * module contains no code. An application imports the types, a server
 * implements them, and neither depends on the runtime of the other.
 *
 * ```ts
 * import type { Application } from "@wsgi/ref";
 * import { assertEquals } from "@std/assert";
 *
 * const app: Application = (_environ, startResponse) => {
 *   startResponse("200 OK", [["Content-Type", "text/plain"]]);
 *   return [new TextEncoder().encode("Hello world!\n")];
 * };
 * assertEquals(app.length, 2);
 * ```
 *
 * @module
 */

/**
 * One response header: its name and its value.
 *
 * Both are ByteStrings: no code unit is above U+00FF. Names keep their letter
 * case and may be repeated, like `Set-Cookie`.
 *
 * PEP 3333, "The start_response() Callable": a list of `(header_name,
 * header_value)` tuples.
 */
export type HeaderTuple = readonly [name: string, value: string];

/**
 * Sends a chunk of the body immediately; {@linkcode StartResponse} returns it.
 *
 * Chunks are sent in the order of the calls, whether or not the promise is
 * awaited. Await it for backpressure: it resolves when the transport has room
 * for more. New applications should return an iterable instead.
 *
 * PEP 3333, "The write() Callable".
 *
 * @param chunk The bytes to send. An empty chunk sends nothing.
 * @returns A promise that resolves when the transport has room for more. It
 * rejects if the client has left or the chunk exceeds Content-Length. The
 * rejection is marked as handled, so ignoring it does not end the process.
 */
export type Write = (chunk: Uint8Array) => Promise<void>;

/**
 * Starts the response: the second argument of every application.
 *
 * Nothing is transmitted by the call itself. The status and the headers are
 * sent with the first non-empty chunk, or at the end of the body. Until then,
 * an error handler may replace them with a second call that passes `excInfo`.
 * After that, the call throws `excInfo`.
 *
 * A literal without a reason phrase, such as `"200"`, is a type error. Other
 * strings are checked when the program runs.
 *
 * PEP 3333, "The start_response() Callable" and "Error Handling".
 *
 * @param status Three digits from 200 to 599, one space and a reason phrase:
 * `"200 OK"`.
 * @param headers An array of {@linkcode HeaderTuple}. The server copies it.
 * @param excInfo The thrown value, if an error handler makes the call.
 * `undefined` and `null` mean no error.
 * @returns The function that sends chunks of the body immediately.
 */
export type StartResponse = <const Status extends string>(
  status: Exclude<Status, `${bigint}`>,
  headers: readonly HeaderTuple[],
  excInfo?: unknown,
) => Write;

/**
 * The body that an application returns: byte chunks, sync or async, with an
 * optional `close()`.
 *
 * The server requests one chunk at a time, when the transport is ready for it.
 * It calls `close()` exactly once, however the request ends, and awaits the
 * result.
 *
 * PEP 3333, "Specification Details" and "Handling the Content-Length Header".
 */
export type ResponseBody =
  & (
    | Uint8Array[]
    | Iterable<Uint8Array, void>
    | AsyncIterable<Uint8Array, void>
  )
  & {
    /**
     * Releases the resources of the body; called once, at the end of the
     * request.
     */
    close?: (() => unknown) | undefined;
  };

/**
 * A web application: called once per request.
 *
 * It must call `startResponse` before its body yields the first non-empty
 * chunk, and must always return a body. It may be sync or async.
 *
 * PEP 3333, "The Application/Framework Side".
 *
 * @param environ The variables of this request. The application may change it.
 * @param startResponse Starts the response.
 * @returns The body, or a promise of it.
 */
export type Application = (
  environ: Environ,
  startResponse: StartResponse,
) => ResponseBody | Promise<ResponseBody>;

/**
 * A component that is an application to the server and a server to the
 * application it wraps.
 *
 * PEP 3333, "Middleware: Components that Play Both Sides".
 *
 * @param app The application to wrap.
 * @returns The wrapped application.
 */
export type Middleware = (app: Application) => Application;

/**
 * The request body: `wsgi.input`.
 *
 * It is lazy: nothing is read from the client before the first call. Calls are
 * processed in order. At the end of the input, every method returns empty
 * results. If the client cuts the body short or exceeds the limit, reading
 * rejects with a `RequestBodyError`, so that a broken body never looks
 * complete.
 *
 * PEP 3333, "Input and Error Streams".
 */
export interface InputStream extends AsyncIterable<Uint8Array<ArrayBuffer>> {
  /**
   * Reads `size` bytes, or fewer at the end of the input.
   *
   * @param size The number of bytes, 0 or more. Without it, or if negative,
   * reads everything that is left.
   * @returns A new array; empty at the end of the input.
   * @throws {RequestBodyError} If the body was cut short or is too large.
   */
  read(size?: number): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * Reads one line with its `\n`.
   *
   * @param size The maximum number of bytes, 0 or more. Without it, or if
   * negative, reads the whole line.
   * @returns A new array; empty at the end of the input.
   * @throws {RequestBodyError} If the body was cut short or is too large.
   */
  readline(size?: number): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * Reads the remaining lines.
   *
   * @param hint Stops after the line that brings the total to this many bytes.
   * Without it, or if 0 or negative, reads all lines.
   * @returns The lines, each with its `\n`.
   * @throws {RequestBodyError} If the body was cut short or is too large.
   */
  readlines(hint?: number): Promise<Uint8Array<ArrayBuffer>[]>;
}

/**
 * The stream for diagnostics: `wsgi.errors`.
 *
 * Accepts text whose lines end with `\n`. The server chooses the destination;
 * the servers of this package write to stderr.
 *
 * PEP 3333, "Input and Error Streams".
 */
export interface ErrorStream {
  /**
   * Writes text.
   *
   * @param text Any string.
   */
  write(text: string): void;
  /**
   * Writes several strings, adding nothing between them.
   *
   * @param texts The strings to write.
   */
  writelines(texts: Iterable<string>): void;
  /** Writes everything that is still buffered. */
  flush(): void;
}

/**
 * A file that `wsgi.file_wrapper` accepts: anything that can be read in blocks.
 *
 * PEP 3333, "Optional Platform-Specific File Handling".
 */
export interface FileLike {
  /**
   * Reads the next block.
   *
   * @param size The preferred size of the block, in bytes.
   * @returns The block; empty or `null` at the end of the file.
   */
  read(
    size: number,
  ): Uint8Array | null | undefined | Promise<Uint8Array | null | undefined>;
  /** Releases the file. */
  close?: (() => unknown) | undefined;
}

/**
 * Another kind of file that `wsgi.file_wrapper` accepts: an open file that
 * fills buffers, such as a `Deno.FsFile`.
 */
export interface OpenFile {
  /**
   * Fills a buffer.
   *
   * @param buffer Receives the bytes.
   * @returns The number of bytes; `null` at the end of the file.
   */
  read(buffer: Uint8Array): Promise<number | null>;
  /**
   * Fills a buffer synchronously.
   *
   * @param buffer Receives the bytes.
   * @returns The number of bytes; `null` at the end of the file.
   */
  readSync(buffer: Uint8Array): number | null;
  /** Releases the file. */
  close?: (() => unknown) | undefined;
}

/**
 * The type of `wsgi.file_wrapper`: a function that turns a file into a body.
 *
 * PEP 3333, "Optional Platform-Specific File Handling".
 */
export interface WrapFile {
  /**
   * Wraps anything that can be read in blocks.
   *
   * @param file The file. `close()`, if it has one, is called at the end.
   * @param blockSize The preferred size of a block in bytes, 1 or more.
   * @returns The body. Return it unchanged.
   */
  (file: FileLike, blockSize?: number): ResponseBody;
  /**
   * Wraps an open file.
   *
   * @param file The file. It is sent from its current position, then closed.
   * @param blockSize The preferred size of a block in bytes, 1 or more.
   * @returns The body. Return it unchanged.
   */
  (file: OpenFile, blockSize?: number): ResponseBody;
}

/**
 * The variables of one request: a plain, mutable object, fresh per request.
 *
 * CGI variables and `HTTP_*` are ByteStrings: one code unit for each byte on
 * the wire. `decodeUtf8` turns them into text. A variable without a value is
 * absent.
 *
 * PEP 3333, "environ Variables"; RFC 3875 section 4.1 for the CGI variables.
 */
export interface Environ {
  /** The method, never empty, in the case of the request: `"GET"`. */
  REQUEST_METHOD: string;
  /** The part of the path that identifies the application; `""` at the root. */
  SCRIPT_NAME: string;
  /** The rest of the path, percent-decoded byte by byte. */
  PATH_INFO: string;
  /** The part of the target after the first `?`, undecoded; may be empty. */
  QUERY_STRING: string;
  /** The raw path and query, so that `%2F` and `/` can be distinguished. */
  REQUEST_URI?: string | undefined;
  /** The media type of the request body. */
  CONTENT_TYPE?: string | undefined;
  /** The length of the request body in bytes, as decimal digits. */
  CONTENT_LENGTH?: string | undefined;
  /** The host of the server; never empty. */
  SERVER_NAME: string;
  /** The port of the server, as decimal digits; never empty. */
  SERVER_PORT: string;
  /** The protocol of the request: `"HTTP/1.1"`. */
  SERVER_PROTOCOL: string;
  /** The name of the server software. */
  SERVER_SOFTWARE?: string | undefined;
  /** The version of CGI that defines the variables: `"CGI/1.1"`. */
  GATEWAY_INTERFACE?: string | undefined;
  /** The address of the client. */
  REMOTE_ADDR?: string | undefined;
  /** The port of the client, as decimal digits. */
  REMOTE_PORT?: string | undefined;
  /** The user, if the server in front has authenticated one. */
  REMOTE_USER?: string | undefined;
  /** `"on"` under TLS, absent otherwise. */
  HTTPS?: string | undefined;
  /** The version of the interface: `[1, 0]`. */
  "wsgi.version": readonly [major: number, minor: number];
  /** `"http"` or `"https"`. */
  "wsgi.url_scheme": string;
  /** The request body. */
  "wsgi.input": InputStream;
  /** The stream for diagnostics. */
  "wsgi.errors": ErrorStream;
  /** Whether another thread may call the same application object: `false`. */
  "wsgi.multithread": boolean;
  /** Whether another process or isolate may serve the same application. */
  "wsgi.multiprocess": boolean;
  /** Whether the process ends after this request: only under CGI. */
  "wsgi.run_once": boolean;
  /** Wraps a file into a body that the server may send without copying. */
  "wsgi.file_wrapper"?:
    | WrapFile
    | undefined;
  /** Whether reading `wsgi.input` to its end is safe without a length. */
  "wsgi.input_terminated"?: boolean | undefined;
  /**
   * Returns the signal of this request. It aborts when the client leaves, when
   * a deadline passes and at a forced shutdown, and never after success.
   */
  "wsgiref.signal"?: (() => AbortSignal) | undefined;
  /**
   * Whether the client is connected through a Unix socket and therefore has no
   * address. A missing `REMOTE_ADDR` alone can have other reasons.
   */
  "wsgiref.unix_socket"?: boolean | undefined;
  /** The request headers: `HTTP_` and the name, upper case, `-` as `_`. */
  [name: `HTTP_${string}`]: string | undefined;
  /** Variables of the server, of middleware and of the deployer. */
  [key: string]: unknown;
}
