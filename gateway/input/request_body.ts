/**
 * The bytes under `wsgi.input`: where they come from, and where they end.
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

/** Stands for an empty buffer; never handed out. */
const NOTHING = new Uint8Array(0);

/** Where the bytes of a request body come from: `null` is an empty body. */
export type OpenBody = () => BodySource | ReadableStream<Uint8Array> | null;

/** Where a request body ends. */
export interface BodyLimits {
  /**
   * The length of the body in bytes, an integer of 0 or more. Nothing beyond it
   * is read, and a body that ends before it was cut short. Without it the body
   * is as long as its stream.
   */
  contentLength?: number | undefined;
  /** The greatest length of the body in bytes, 0 or more. Default: no limit. */
  maxSize?: number | undefined;
  /**
   * Whether the gateway alone has the request, and so the chunks of its stream.
   * Their memory is then released as soon as they were copied. The garbage
   * collector is slower: it let an upload of 1 GiB hold 100 MiB.
   */
  ownsChunks?: boolean | undefined;
}

/**
 * The bytes of one request body, cut to its limits, as far as they have come.
 *
 * Once it has failed, every later call fails, so that no later read can take
 * what is missing for the end. The stream stays locked while it may have more.
 *
 * PEP 3333, "Input and Error Streams"; RFC 9112 section 6.
 */
export class RequestBody {
  #open: OpenBody | undefined;
  #limits: BodyLimits;
  /** The source, as long as it is read. */
  #source: BodySource | undefined;
  /** A source of which nothing more is read, although its end was not seen. */
  #unfinished: BodySource | undefined;
  #received = 0;
  /** The last chunk, and how much of it has been taken. */
  #chunk: Uint8Array = NOTHING;
  #offset = 0;
  #failure: { error: unknown } | undefined;

  /**
   * Makes a body. Nothing is opened before the first fill().
   *
   * @param open Returns the stream of the body. It is called once at most.
   * @param limits Where the body ends.
   */
  constructor(open: OpenBody, limits: BodyLimits) {
    this.#open = open;
    this.#limits = limits;
  }

  /** Whether nothing can be taken without filling first. */
  get isEmpty(): boolean {
    return this.#offset === this.#chunk.length;
  }

  /** How many bytes can be taken at once. */
  get available(): number {
    return this.#chunk.length - this.#offset;
  }

  /**
   * Takes some of what has come, without copying it.
   *
   * @param limit The most bytes to take.
   * @param line Whether to stop after a line feed.
   * @returns A view; empty only if nothing can be taken.
   */
  take(limit: number, line: boolean): Uint8Array {
    const start = this.#offset;
    // Nothing beyond the limit is searched, or many small readline() calls on
    // one large chunk would search it again and again.
    let taken = this.#chunk.subarray(start, start + limit);
    const feed = line ? taken.indexOf(LINE_FEED) : -1;
    if (feed !== -1) taken = taken.subarray(0, feed + 1);
    this.#offset += taken.length;
    return taken;
  }

  /** Lets go of the last chunk once all of it was taken. */
  forget(): void {
    if (this.isEmpty) this.#drop();
  }

  /**
   * Fetches the next bytes once everything has been taken. One call at a time.
   *
   * @returns Whether there are any: false at the end of the body.
   * @throws {RequestBodyError} If the body was cut short or is over the limit.
   */
  async fill(): Promise<boolean> {
    // What was taken need not stay in memory while the client is slow.
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
      // While it waited, abort() may have come.
      if (this.#source === undefined) break;
      if (chunk === undefined) this.#end(this.#source);
      else this.#accept(chunk, this.#source);
      if (!this.isEmpty) return true;
    }
    if (this.#failure !== undefined) throw this.#failure.error;
    return false;
  }

  /**
   * Drops what has come, makes a pending and every later fill() reject, and
   * cancels the stream. Changes nothing when all has been taken, or after a
   * failure.
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
   * Lets go of the stream because nothing more will be read. What has come can
   * still be taken.
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
      // A closed request, a locked stream: no fault of the client, so not 400.
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
    // #start() has refused a contentLength above maxSize.
    const { contentLength, maxSize = Infinity } = this.#limits;
    const room = (contentLength ?? maxSize) - this.#received;
    this.#received += chunk.length;
    this.#chunk = chunk.length > room ? chunk.subarray(0, room) : chunk;
    if (contentLength !== undefined) {
      // The end is not asked for: a connection that stays open has none.
      if (chunk.length >= room) {
        // It is cancelled when the request is over: until then somebody else
        // may want the rest.
        this.#unfinished = source;
        this.#end(source);
      }
    } else if (chunk.length > room) {
      this.#fail(sizeError(maxSize, `at least ${this.#received}`));
    }
  }

  /** All of the body has come; of a source whose end was seen, or of none. */
  #end(source?: BodySource): void {
    const { contentLength = 0 } = this.#limits;
    if (this.#received < contentLength) {
      return this.#fail(lengthError(contentLength, this.#received));
    }
    source?.release();
    this.#source = undefined;
  }

  /** Keeps the first failure, and lets go of the stream. */
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
