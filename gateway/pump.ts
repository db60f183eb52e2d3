/**
 * The loop over a body.
 *
 * @module
 */

import type { BodyReader } from "./body_reader.ts";
import type { ResponseWriter } from "./response_writer.ts";

/** What happens in the loop. */
export interface PumpSteps {
  /** Returns whether to ask for another chunk. */
  readonly mayAsk: () => boolean;
  /**
   * Takes what next() gave: a chunk, or nothing at the end. Returns whether to
   * continue.
   */
  readonly take: (chunk: Uint8Array | undefined) => boolean;
  /** Takes what the body, the transport or a step has thrown; the loop ends. */
  readonly fail: (error: unknown) => void;
}

/**
 * Asks a body for one chunk after the other, each only when the transport can
 * take it.
 *
 * It is no async function: that would make several promises for each chunk.
 * Where nothing has to be waited for it is a plain loop; otherwise the step that
 * was waited for goes on with it.
 *
 * @param body The body, opened.
 * @param response Where the chunks go; it knows when there is room.
 * @param steps What happens in the loop.
 */
export function pump(
  body: BodyReader,
  response: ResponseWriter,
  { mayAsk, take, fail }: PumpSteps,
): void {
  /** Goes on when there is room: at once, if there is nothing to wait for. */
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
