/**
 * The interface through which {@linkcode runApplication} sends a response.
 *
 * @module
 */

import type { Cancellation } from "./cancellation.ts";
import type { ResponseHead } from "./response_head.ts";

/**
 * Sends one response to one client. It handles bytes and does not know
 * applications.
 *
 * `runApplication` calls either {@linkcode Transport.respond} once, or
 * {@linkcode Transport.sendHead} once, then {@linkcode Transport.write} any
 * number of times, then {@linkcode Transport.end} once. At any point,
 * {@linkcode Transport.abort} may replace the remaining calls.
 */
export interface Transport {
  /**
   * Sends status and headers. The Content-Length of the head is correct;
   * without one, the transport marks the end of the body itself.
   */
  sendHead(head: ResponseHead): void;
  /**
   * Sends one chunk, which is never empty. The application owns the chunk, so
   * it must be copied or sent before the returned promise resolves, unless
   * {@linkcode Transport.holdsChunks} is true.
   *
   * @param chunk The bytes to send.
   * @param isLast Whether it completes the body, according to Content-Length.
   * If so, the returned promise is not awaited.
   * @returns `undefined` if there is room for the next chunk, otherwise a
   * promise that resolves when there is, and rejects if there never will be.
   */
  write(chunk: Uint8Array, isLast?: boolean): void | PromiseLike<void>;
  /** Ends the response cleanly. */
  end(): void | Promise<void>;
  /**
   * Aborts the response, so that the client cannot mistake it for a complete
   * one.
   *
   * @param reason Why the response cannot be completed.
   */
  abort(reason: unknown): void;
  /**
   * Sends a complete response. If a transport does not have it, `sendHead`,
   * `write` and `end` are called instead.
   *
   * @param head Status and headers. Without a Content-Length, the transport
   * adds the length of the body itself.
   * @param body The complete body, which may be empty.
   */
  respond?(head: ResponseHead, body: Uint8Array): void | Promise<void>;
  /**
   * Whether the transport may still use a chunk when it accepts the next one.
   * Applications must not change a chunk, so this only matters for the buffers
   * of this package.
   */
  readonly holdsChunks?: boolean | undefined;
  /**
   * Reports an early end of the request, for example because the client left.
   */
  readonly cancellation?: Cancellation | undefined;
}
