/**
 * The interface under {@linkcode runApplication}: the way to one client.
 *
 * @module
 */

import type { Cancellation } from "./cancellation.ts";
import type { ResponseHead } from "./response_head.ts";

/**
 * The way to one client, for one response. It knows bytes; it knows nothing of
 * applications.
 *
 * `runApplication` calls either {@linkcode Transport.respond} once, or
 * {@linkcode Transport.sendHead} once, then {@linkcode Transport.write} any
 * number of times, then {@linkcode Transport.end} once. At any point
 * {@linkcode Transport.abort} may take the place of what was to follow.
 */
export interface Transport {
  /**
   * Sends status and headers. What the head says about the length is true;
   * where it says nothing, the transport marks the end of the body itself.
   */
  sendHead(head: ResponseHead): void;
  /**
   * Sends one chunk, which is never empty. The chunk is the application's: it
   * must be copied or sent before the returned promise resolves, unless {@linkcode
   * Transport.holdsChunks} is true.
   *
   * @param chunk The chunk.
   * @param isLast Whether the body is complete with it, as Content-Length says.
   * Then the returned promise is not waited for.
   * @returns Nothing when the transport can take the next chunk at once,
   * otherwise a promise that resolves when it can, and rejects when it never
   * will.
   */
  write(chunk: Uint8Array, isLast?: boolean): void | PromiseLike<void>;
  /** Ends the response cleanly. */
  end(): void | Promise<void>;
  /**
   * Breaks the response, so that the client cannot take it for a whole one.
   *
   * @param reason What went wrong.
   */
  abort(reason: unknown): void;
  /**
   * Sends a whole response at once. A transport without it gets `sendHead`,
   * `write` and `end`.
   *
   * @param head Status and headers. Without a Content-Length, the transport
   * says the length of the body itself.
   * @param body The whole body; may be empty.
   */
  respond?(head: ResponseHead, body: Uint8Array): void | Promise<void>;
  /**
   * Whether the transport may still hold a chunk after it has asked for the next
   * one. SPEC.md forbids applications to change a chunk, so that only the
   * buffers of this package have to be new ones.
   */
  readonly holdsChunks?: boolean | undefined;
  /** The early end of the request, for example because the client left. */
  readonly cancellation?: Cancellation | undefined;
}
