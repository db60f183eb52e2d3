/**
 * The loop over the chunks of a body.
 *
 * @module
 */

import type { BodyReader } from "./body_reader.ts";
import type { ResponseWriter } from "./response_writer.ts";

/** The callbacks of the loop. */
export interface PumpSteps {
  /** Returns whether to request another chunk. */
  readonly mayAsk: () => boolean;
  /**
   * Receives a chunk, or `undefined` at the end. Returns whether to continue.
   */
  readonly take: (chunk: Uint8Array | undefined) => boolean;
  /**
   * Receives an error of the body, the transport or a callback; the loop ends.
   */
  readonly fail: (error: unknown) => void;
}

/**
 * Requests the chunks of a body one by one, each only when the transport has
 * room.
 *
 * It is not an async function, which would create several promises for each
 * chunk. While there is nothing to wait for, it is a plain loop; otherwise a
 * callback continues it.
 *
 * @param body The opened body.
 * @param response Receives the chunks and reports when there is room.
 * @param steps The callbacks of the loop.
 */
export function pump(
  body: BodyReader,
  response: ResponseWriter,
  { mayAsk, take, fail }: PumpSteps,
): void {
  /**
   * Returns whether the loop has to wait for room; if so, continues it later.
   */
  function isWaiting(): boolean {
    return response.wait(proceed, fail);
  }

  function proceed(): void {
    try {
      while (mayAsk()) {
        if (body.isAsync) return body.ask(takeAsync, fail);
        if (!take(body.next()) || isWaiting()) return;
      }
    } catch (error) {
      fail(error);
    }
  }

  function takeAsync(chunk: Uint8Array | undefined): void {
    try {
      if (take(chunk) && !isWaiting()) proceed();
    } catch (error) {
      fail(error);
    }
  }

  if (!isWaiting()) proceed();
}
