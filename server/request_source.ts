/**
 * {@linkcode RequestSource}: the body of a request, as it arrives.
 *
 * @module
 */

import { RequestBodyError } from "../gateway/input/request_body_error.ts";
import type { BodySource } from "../gateway/input/body_source.ts";
import { RequestError } from "../http1/request_error.ts";
import type { Parser } from "./protocol.ts";

/** The minimum size, in bytes, of a block whose memory matters. */
const LARGE_BLOCK = 16_384;

/**
 * The number of bytes of a block for each slot of the array that is allocated
 * along with it. A slot has 8 bytes, so the array is a quarter as large as the
 * block.
 */
const BYTES_PER_SLOT = 32;

/**
 * The same for the blocks of a long body, whose array is as large as the block.
 * With smaller ones, the blocks that wait for a collection make V8 begin a full
 * one. Until it is over, nothing is freed, and afterwards V8 collects young
 * objects less often.
 */
const BYTES_PER_SLOT_LONG = 8;

/** The number of bytes after which a body is long. */
const LONG_BODY = 4_194_304;

/** Never read. Without it, the compiler would not allocate the array. */
let _garbage: unknown;

/**
 * Makes V8 collect the blocks of a body soon after the application has dropped
 * them.
 *
 * V8 collects young objects after a few MiB of them, in 0.1 ms, and does not
 * count the bytes that they hold outside its heap until these amount to 64 MiB.
 * An unused array in the heap makes each block count.
 *
 * @param size The size of the block in bytes.
 * @param isLong Whether it belongs to a long body.
 */
function hastenCollection(size: number, isLong: boolean): void {
  const bytesPerSlot = isLong ? BYTES_PER_SLOT_LONG : BYTES_PER_SLOT;
  _garbage = new Array(Math.ceil(size / bytesPerSlot));
  _garbage = undefined;
}

/** Reads the body of one request from the parser of its connection. */
export class RequestSource implements BodySource {
  /** The source of requests without a body. */
  static readonly none: RequestSource = new RequestSource(undefined, () => {});
  readonly #parser: Parser<unknown> | undefined;
  readonly #onWait: () => void;
  /** The number of bytes that were read. */
  #size = 0;
  #isComplete: boolean;
  /** Whether no more bytes will arrive. */
  #hasEnded = false;
  /** Whether the request is over, and the next bytes belong to another one. */
  #isDetached = false;
  #isRefused = false;
  #wake: (() => void) | undefined;

  /**
   * Creates the source of one body.
   *
   * @param parser The parser, which has returned the head; `undefined` for a
   * request without a body.
   * @param onWait Called when the application waits for further bytes.
   */
  constructor(parser: Parser<unknown> | undefined, onWait: () => void) {
    this.#parser = parser;
    this.#onWait = onWait;
    this.#isComplete = parser === undefined;
  }

  /** Whether the whole body was read. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** Whether the body was refused, so that no further request may follow. */
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
        // If the length is known, the input reports the missing bytes.
        if ((this.#parser?.missing ?? 0) > 0) return undefined;
        throw new RequestBodyError(
          "Cannot read the request body: the client stopped sending too early",
          400,
        );
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        this.#onWait();
      });
    }
  }

  /** Continues a pending read, because bytes have arrived. */
  arrive(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  /** Ends the body, because no more bytes will arrive. */
  end(): void {
    this.#hasEnded = true;
    this.arrive();
  }

  /** Leaves the rest of the body to the connection: later reads reject. */
  detach(): void {
    // The source of requests without a body is shared.
    if (this.#parser === undefined) return;
    this.#isDetached = true;
    this.arrive();
  }

  /** Has no effect: the connection discards the rest of the body. */
  release(): void {}

  /** Refuses the rest of a body that is malformed or too long. */
  cancel(): void {
    // The source of requests without a body is shared.
    this.#isRefused = this.#parser !== undefined;
  }

  /**
   * Discards the bytes of the body that have arrived.
   *
   * @returns Whether the end of the body has been reached.
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
        this.#size += data.length;
        if (data.length >= LARGE_BLOCK) {
          hastenCollection(data.length, this.#size > LONG_BODY);
        }
        // The application may use the whole buffer.
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
