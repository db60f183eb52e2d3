/**
 * The responses of {@linkcode staticFiles}.
 *
 * @module
 */

import type {
  Environ,
  FileLike,
  HeaderTuple,
  ResponseBody,
} from "../wsgi/types.ts";
import { percentEncode } from "../wsgi/byte_string.ts";
import { FileWrapper } from "../wsgi/file_wrapper.ts";
import { rawPathOf } from "../wsgi/uri.ts";

/** Reads a number of bytes of an open file, from its current position. */
export class FileSlice implements FileLike {
  readonly #file: Deno.FsFile;
  #left: number;
  #isOpen = true;

  /**
   * @param file The file. Closing the slice closes it.
   * @param length The maximum number of bytes to read.
   */
  constructor(file: Deno.FsFile, length: number) {
    this.#file = file;
    this.#left = length;
  }

  /**
   * Reads the next block.
   *
   * @param size The maximum size of the block in bytes.
   * @returns The block; `null` at the end of the slice or the file, or if the
   * slice is closed.
   */
  async read(size: number): Promise<Uint8Array | null> {
    if (this.#left === 0 || !this.#isOpen) return null;
    const block = new Uint8Array(Math.min(size, this.#left));
    const count = await this.#file.read(block);
    if (count === null) return null;
    this.#left -= count;
    return block.subarray(0, count);
  }

  /** Closes the file. Further calls do nothing. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#file.close();
  }
}

/** A response that has not been started. */
export interface Answer {
  readonly status: string;
  readonly headers: readonly HeaderTuple[];
  readonly body?: Uint8Array | FileSlice | undefined;
}

const encoder = new TextEncoder();

/**
 * Returns a response with its status as the body.
 *
 * @param status The status: `"404 Not Found"`.
 * @param headers Additional headers.
 */
export function plain(status: string, ...headers: HeaderTuple[]): Answer {
  const body = encoder.encode(`${status}\n`);
  return {
    status,
    headers: [
      ["Content-Type", "text/plain; charset=utf-8"],
      ["Content-Length", String(body.length)],
      ...headers,
    ],
    body,
  };
}

/**
 * Returns a response with an HTML page. Its policy allows styles, but no
 * scripts.
 */
export function htmlPage(html: string): Answer {
  const body = encoder.encode(html);
  const policy = "default-src 'none'; style-src 'unsafe-inline'";
  return {
    status: "200 OK",
    headers: [
      ["Content-Type", "text/html; charset=utf-8"],
      ["Content-Length", String(body.length)],
      ["Content-Security-Policy", policy],
    ],
    body,
  };
}

/**
 * Percent-encodes the characters that a URI cannot contain. Existing escapes
 * are kept.
 */
function encodeRest(byteString: string): string {
  return byteString.replace(/[^\x21-\x7e]|["#<>\\^`{|}]/g, percentEncode);
}

/**
 * Returns the last segment of the path as the client sent it. An encoded slash
 * (`%2F`) does not end a segment.
 */
function lastSegment(environ: Environ): string {
  const { SCRIPT_NAME = "", PATH_INFO = "" } = environ;
  const path = rawPathOf(environ) ??
    (SCRIPT_NAME + PATH_INFO).replace(/[^\w.~/-]/g, percentEncode);
  return encodeRest(path.slice(path.lastIndexOf("/") + 1));
}

/**
 * Returns a redirect to the path of the request with a slash at its end, for a
 * folder. The location is relative, because only the client knows by which name
 * it reached the server.
 *
 * RFC 9110 section 10.2.2.
 *
 * @param environ The environ of a request whose path, as sent, does not end
 * with a slash.
 */
export function redirectTo(environ: Environ): Answer {
  const name = lastSegment(environ).replace(/(?:%2f)+$/i, "");
  const { QUERY_STRING: query = "" } = environ;
  const location = `./${name}/${query === "" ? "" : `?${encodeRest(query)}`}`;
  return plain("301 Moved Permanently", ["Location", location]);
}

/** Returns the body of a response for the server; an empty one for HEAD. */
export function bodyOf({ body }: Answer, environ: Environ): ResponseBody {
  if (body === undefined || environ.REQUEST_METHOD === "HEAD") return [];
  if (!(body instanceof FileSlice)) return [body];
  const wrap = environ["wsgi.file_wrapper"];
  return wrap === undefined ? new FileWrapper(body) : wrap(body);
}
