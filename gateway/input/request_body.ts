/**
 * The bytes under `wsgi.input`: their source and their limits.
 *
 * @module
 */

import { isUint8Array } from "../../wsgi/describe.ts";
import {
  chunkError,
  lengthError,
  readError,
  sizeError,
} from "./body_errors.ts";
import { type BodySource, StreamSource } from "./body_source.ts";
import { RequestBodyError } from "./request_body_error.ts";

const LINE_FEED = 0x0a;

/** An empty buffer; never returned to callers. */
const NOTHING = new Uint8Array(0);

/** Opens the source of a request body; `null` for an empty body. */
export type OpenBody = () => BodySource | ReadableStream<Uint8Array> | null;

/** The announced and the maximum length of a request body. */
export interface BodyLimits {
  /**
   * The length of the body in bytes, an integer of 0 or more. Bytes beyond it
   * are not read, and a body that ends before it was cut short. Without it, the
   * body is as long as its stream.
   */
  contentLength?: number | undefined;
  /** The maximum length of the body in bytes, 0 or more. Default: no limit. */
  maxSize?: number | undefined;
  /**
   * Whether only the gateway has access to the request, and thus to the chunks
   * of its stream. Their memory is then released as soon as they have been
   * copied. With the garbage collector alone, an upload of 1 GiB held 100 MiB.
   */
  ownsChunks?: boolean | undefined;
}

/**
 * The bytes of one request body that have arrived, within its limits.
 *
 * Once it has failed, every later call fails too, so that a missing part cannot
 * be mistaken for the end. The stream stays locked while it may have more
 * bytes.
 *
 * PEP 3333, "Input and Error Streams"; RFC 9112 section 6.
 */
export class RequestBody {
  #open: OpenBody | undefined;
  #limits: BodyLimits;
  /** The source, until it has been read. */
  #source: BodySource | undefined;
  /** A source that is no longer read, although it has not reported its end. */
  #unfinished: BodySource | undefined;
  #received = 0;
  /** The last chunk, and how much of it has been taken. */
  #chunk: Uint8Array = NOTHING;
  #offset = 0;
  #failure: { error: unknown } | undefined;

  /**
   * Creates a body. The source is not opened before the first fill().
   *
   * @param open Returns the source of the body. It is called at most once.
   * @param limits Where the body ends.
   */
  constructor(open: OpenBody, limits: BodyLimits) {
    this.#open = open;
    this.#limits = limits;
  }

  /** Whether fill() must be called before more can be taken. */
  get isEmpty(): boolean {
    return this.#offset === this.#chunk.length;
  }

  /** How many bytes can be taken without fill(). */
  get available(): number {
    return this.#chunk.length - this.#offset;
  }

  /**
   * Takes some of the bytes that have arrived, without copying them.
   *
   * @param limit The maximum number of bytes.
   * @param line Whether to stop after a line feed.
   * @returns A view; empty only if nothing can be taken.
   */
  take(limit: number, line: boolean): Uint8Array {
    const start = this.#offset;
    // Only search up to the limit. Otherwise, many small readline() calls would
    // search a large chunk again and again.
    let taken = this.#chunk.subarray(start, start + limit);
    const feed = line ? taken.indexOf(LINE_FEED) : -1;
    if (feed !== -1) taken = taken.subarray(0, feed + 1);
    this.#offset += taken.length;
    return taken;
  }

  /** Drops the last chunk once all of it has been taken. */
  forget(): void {
    if (this.isEmpty) this.#drop();
  }

  /**
   * Fetches the next bytes once everything has been taken. Only one call may be
   * pending.
   *
   * @returns False at the end of the body, otherwise true.
   * @throws {RequestBodyError} If the body was cut short or is over the limit.
   */
  async fill(): Promise<boolean> {
    // Bytes that were taken should not stay in memory while the client is slow.
    this.#drop();
    this.#start();
    while (this.#source !== undefined) {
      let chunk: Uint8Array | undefined;
      try {
        chunk = await this.#source.read();
      } catch (cause) {
        this.#fail(readError(cause, this.#received));
        break;
      }
      // abort() may have been called in the meantime.
      if (this.#source === undefined) break;
      if (chunk === undefined) this.#end(this.#source);
      else this.#accept(chunk, this.#source);
      if (!this.isEmpty) return true;
    }
    if (this.#failure !== undefined) throw this.#failure.error;
    return false;
  }

  /**
   * Drops the bytes that have arrived, makes a pending fill() and all later
   * ones reject, and cancels the source. Has no effect if everything has been
   * taken, or after a failure.
   *
   * @param reason The `cause` of the rejections.
   */
  abort(reason: unknown): void {
    const isOver = this.#open === undefined && this.#source === undefined;
    if (isOver && this.isEmpty) return;
    this.#drop();
    const message = "Cannot read the request body: the request was aborted";
    const error = new RequestBodyError(message, 400, { cause: reason });
    this.#fail(error, reason);
  }

  /**
   * Releases the source because no more will be read. Bytes that have arrived
   * can still be taken.
   */
  release(): void {
    if (this.#source !== undefined) {
      this.abort(new Error("The request is over"));
    } else {
      this.#cancel(undefined);
    }
  }

  #drop(): void {
    this.#chunk = NOTHING;
    this.#offset = 0;
  }

  #start(): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    const { contentLength, maxSize = Infinity } = this.#limits;
    if (contentLength !== undefined && contentLength > maxSize) {
      this.#fail(sizeError(maxSize, `${contentLength}`));
      return;
    }
    if (contentLength === 0) return;
    try {
      const opened = open() ?? undefined;
      this.#source = opened instanceof ReadableStream
        ? new StreamSource(opened)
        : opened;
    } catch (error) {
      // A closed request or a locked stream is not the client's fault, so the
      // status is not 400.
      this.#fail(error);
      return;
    }
    if (this.#source === undefined) this.#end();
  }

  /** Keeps the part of a chunk that belongs to the body. */
  #accept(chunk: Uint8Array, source: BodySource): void {
    if (!isUint8Array(chunk)) {
      this.#fail(chunkError(chunk));
      return;
    }
    // #start() has rejected a contentLength above maxSize.
    const { contentLength, maxSize = Infinity } = this.#limits;
    const room = (contentLength ?? maxSize) - this.#received;
    this.#received += chunk.length;
    this.#chunk = chunk.length > room ? chunk.subarray(0, room) : chunk;
    if (contentLength !== undefined) {
      // Don't wait for the end: a connection that stays open has none.
      if (chunk.length >= room) {
        // The source is only cancelled when the request is over, because other
        // code may want the rest.
        this.#unfinished = source;
        this.#end(source);
      }
    } else if (chunk.length > room) {
      this.#fail(sizeError(maxSize, `at least ${this.#received}`));
    }
  }

  /** Marks the body as complete, and releases its source if it has ended. */
  #end(source?: BodySource): void {
    const { contentLength = 0 } = this.#limits;
    if (this.#received < contentLength) {
      return this.#fail(lengthError(contentLength, this.#received));
    }
    source?.release();
    this.#source = undefined;
  }

  /** Stores the first failure and releases the source. */
  #fail(error: unknown, reason: unknown = error): void {
    this.#failure ??= { error };
    this.#open = undefined;
    this.#unfinished ??= this.#source;
    this.#source = undefined;
    this.#cancel(reason);
  }

  #cancel(reason: unknown): void {
    const source = this.#unfinished;
    this.#unfinished = undefined;
    source?.cancel(reason);
  }
}
