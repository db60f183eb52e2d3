/**
 * {@linkcode RequestSource}: the body of a request, as it arrives.
 *
 * @module
 */

import { RequestBodyError } from "../gateway/input/request_body_error.ts";
import type { BodySource } from "../gateway/input/body_source.ts";
import { RequestError } from "../http1/request_error.ts";
import type { Parser } from "./protocol.ts";

/** From this size on, the memory of a body matters, in bytes. */
const LARGE_BODY = 1_048_576;

/**
 * The number of bytes of a block for each slot of the array that is allocated
 * beside it. A slot has 8 bytes, so the array is half as large as the block.
 */
const BYTES_PER_SLOT = 16;

/** Never read. Without it, the compiler would not allocate the array. */
let _garbage: unknown;

/**
 * Makes V8 collect the blocks of a body soon after the application has dropped
 * them.
 *
 * V8 collects young objects after a few MiB of them, in 0.1 ms, and does not
 * count the bytes that they hold outside of its heap until these come to 64
 * MiB. An unused array in the heap makes each block count.
 *
 * @param size The size of the block in bytes.
 */
function hastenCollection(size: number): void {
  _garbage = new Array(Math.ceil(size / BYTES_PER_SLOT));
  _garbage = undefined;
}

/** Gives the body of one request out of the parser of its connection. */
export class RequestSource implements BodySource {
  /** The source of requests without a body. */
  static readonly none: RequestSource = new RequestSource(undefined, () => {});
  readonly #parser: Parser<unknown> | undefined;
  readonly #onWait: () => void;
  #isComplete: boolean;
  /** Whether nothing more will arrive. */
  #hasEnded = false;
  /** Whether the request is over: what the parser has belongs to the next. */
  #isDetached = false;
  #isRefused = false;
  /** The number of bytes that were handed out. */
  #taken = 0;
  #wake: (() => void) | undefined;

  /**
   * @param parser The parser, which has returned the head; nothing for a request
   * without a body.
   * @param onWait Called when the application waits for further bytes.
   */
  constructor(parser: Parser<unknown> | undefined, onWait: () => void) {
    this.#parser = parser;
    this.#onWait = onWait;
    this.#isComplete = parser === undefined;
  }

  /** Whether the whole body was taken. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** Whether the body was refused, so that no request may follow. */
  get isRefused(): boolean {
    return this.#isRefused;
  }

  /**
   * Waits for the next bytes of the body.
   *
   * @returns The bytes, which belong to the caller; `undefined` at the end.
   * @throws {RequestBodyError} If the body is malformed or was cut short, or if
   * the request is over.
   */
  async read(): Promise<Uint8Array | undefined> {
    for (;;) {
      if (this.#isDetached) {
        throw new RequestBodyError(
          "Cannot read the request body: the request is over",
          400,
        );
      }
      const data = this.#take();
      if (data !== undefined || this.#isComplete) return data;
      if (this.#hasEnded) {
        // Where the length is known, it says how much is missing.
        if ((this.#parser?.missing ?? 0) > 0) return undefined;
        throw new RequestBodyError(
          "Cannot read the request body: the client ended it too soon",
          400,
        );
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        this.#onWait();
      });
    }
  }

  /** Tells that further bytes have arrived. */
  arrive(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  /** Tells that nothing more will arrive. */
  end(): void {
    this.#hasEnded = true;
    this.arrive();
  }

  /** Leaves the rest of the body to the connection: nothing more is read. */
  detach(): void {
    // The one that stands for no body is shared.
    if (this.#parser === undefined) return;
    this.#isDetached = true;
    this.arrive();
  }

  /** Has no effect: the connection discards what is left of the body. */
  release(): void {}

  /** Takes note that the body is refused: it is too long, or malformed. */
  cancel(): void {
    // The one that stands for no body is shared.
    this.#isRefused = this.#parser !== undefined;
  }

  /**
   * Drops what has arrived of the body.
   *
   * @returns Whether that was all that was left of it.
   * @throws {RequestError} If it is malformed.
   */
  discard(): boolean {
    while (!this.#isComplete) {
      const event = this.#parser?.next();
      if (event === undefined) return false;
      this.#isComplete = event.type === "end";
    }
    return true;
  }

  #take(): Uint8Array | undefined {
    try {
      const event = this.#parser?.next();
      if (event?.type === "data") {
        const { data } = event;
        this.#taken += data.length;
        if (this.#taken > LARGE_BODY) hastenCollection(data.length);
        // Whoever gets it may take its whole buffer.
        return data.length === data.buffer.byteLength ? data : data.slice();
      }
      this.#isComplete = event?.type === "end";
      return undefined;
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      throw new RequestBodyError(
        `Cannot read the request body: ${error.message}`,
        400,
        { cause: error },
      );
    }
  }
}
