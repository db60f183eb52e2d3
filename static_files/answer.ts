/**
 * What {@linkcode staticFiles} answers.
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
import { evaluate, type FileState, requestedRange } from "./conditions.ts";

/** Reads a number of bytes of an open file, from where it stands. */
export class FileSlice implements FileLike {
  readonly #file: Deno.FsFile;
  #left: number;
  #isOpen = true;

  /**
   * @param file The file; it is closed with the slice.
   * @param length How many bytes to read, at most.
   */
  constructor(file: Deno.FsFile, length: number) {
    this.#file = file;
    this.#left = length;
  }

  /**
   * Reads the next block.
   *
   * @param size The greatest size of the block in bytes.
   * @returns The block; `null` at the end of the slice, of the file, and when
   * the slice was closed.
   */
  async read(size: number): Promise<Uint8Array | null> {
    if (this.#left === 0 || !this.#isOpen) return null;
    const block = new Uint8Array(Math.min(size, this.#left));
    const count = await this.#file.read(block);
    if (count === null) return null;
    this.#left -= count;
    return block.subarray(0, count);
  }

  /** Closes the file. A second call does nothing. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#file.close();
  }
}

/** What is sent, before anything of it is. */
export interface Answer {
  readonly status: string;
  readonly headers: readonly HeaderTuple[];
  readonly body?: Uint8Array | FileSlice | undefined;
}

/** What is answered about a file, and which bytes of it belong to that. */
export interface Plan {
  readonly answer: Answer;
  readonly first: number;
  readonly length: number;
}

const encoder = new TextEncoder();

/**
 * Makes an answer that says no more than its status.
 *
 * @param status The status: `"404 Not Found"`.
 * @param headers What has to be said beside it.
 * @returns The answer.
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
 * Makes an answer of a page, which may have styles and nothing else.
 *
 * @param html The page.
 * @returns The answer.
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

/** Percent-encodes what a URI cannot hold; what is encoded stays so. */
function encodeRest(byteString: string): string {
  return byteString.replace(/[^\x21-\x7e]|["#<>\\^`{|}]/g, percentEncode);
}

/**
 * Returns the last segment of the path as the client sent it, in which `%2F` is
 * no end of a segment.
 */
function lastSegment(environ: Environ): string {
  const { SCRIPT_NAME = "", PATH_INFO = "" } = environ;
  const path = rawPathOf(environ) ??
    (SCRIPT_NAME + PATH_INFO).replace(/[^\w.~/-]/g, percentEncode);
  return encodeRest(path.slice(path.lastIndexOf("/") + 1));
}

/**
 * Redirects to a folder: to the path of the request with a slash at its end. The
 * location is relative, because only the client knows its name for this server.
 *
 * RFC 9110 section 10.2.2.
 *
 * @param environ The request, whose path as sent has no slash at its end.
 * @returns The redirect.
 */
export function redirectTo(environ: Environ): Answer {
  const name = lastSegment(environ).replace(/(?:%2f)+$/i, "");
  const { QUERY_STRING: query = "" } = environ;
  const location = `./${name}/${query === "" ? "" : `?${encodeRest(query)}`}`;
  return plain("301 Moved Permanently", ["Location", location]);
}

/** The headers that name a state of a file. */
function stateHeaders({ tag, modified }: FileState): HeaderTuple[] {
  const headers: HeaderTuple[] = [];
  if (tag !== undefined) headers.push(["ETag", tag]);
  if (modified !== undefined) {
    headers.push(["Last-Modified", modified.toUTCString()]);
  }
  return headers;
}

/**
 * Decides what is answered about a file, and which bytes of it belong to that.
 *
 * @param environ The request.
 * @param state The file.
 * @param typeHeaders Content-Type, and Content-Encoding if there is one.
 * @returns The answer, without its body, and where the body is in the file.
 */
export function planFile(
  environ: Environ,
  state: FileState,
  typeHeaders: readonly HeaderTuple[],
): Plan {
  const without = (answer: Answer): Plan => ({ answer, first: 0, length: 0 });
  const headers = stateHeaders(state);
  const outcome = evaluate(environ, state);
  if (outcome === 304) {
    return without({ status: "304 Not Modified", headers });
  }
  if (outcome === 412) return without(plain("412 Precondition Failed"));
  const { size } = state;
  const range = requestedRange(environ, state);
  if (range === "unsatisfiable") {
    return without(
      plain("416 Range Not Satisfiable", [
        "Content-Range",
        `bytes */${size}`,
      ]),
    );
  }
  const { first, last } = range ?? { first: 0, last: size - 1 };
  const length = last - first + 1;
  headers.unshift(...typeHeaders, ["Content-Length", String(length)]);
  headers.push(["Accept-Ranges", "bytes"]);
  if (range !== undefined) {
    headers.push(["Content-Range", `bytes ${first}-${last}/${size}`]);
  }
  const status = range === undefined ? "200 OK" : "206 Partial Content";
  return { answer: { status, headers }, first, length };
}

/**
 * Makes the body that is returned to the server.
 *
 * @param answer What is answered.
 * @param environ The request.
 * @returns The body; empty for a HEAD.
 */
export function bodyOf({ body }: Answer, environ: Environ): ResponseBody {
  if (body === undefined || environ.REQUEST_METHOD === "HEAD") return [];
  if (!(body instanceof FileSlice)) return [body];
  const wrap = environ["wsgi.file_wrapper"];
  return wrap === undefined ? new FileWrapper(body) : wrap(body);
}
