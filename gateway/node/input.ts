/**
 * The request body of `node:http`.
 *
 * @module
 */

import type { NodeRequest } from "./node_http.ts";

/**
 * Returns the body of a request as a stream. A chunk is fetched only when it is
 * asked for, so that a slow application holds the client back.
 *
 * Cancelling it lets what is left run through, because the next request on the
 * connection comes after it.
 *
 * @param request The request; untouched until the stream is read.
 * @returns The stream. It fails if the connection ends before the body.
 */
export function openNodeBody(
  request: NodeRequest,
): ReadableStream<Uint8Array> {
  let stopListening: (() => void) | undefined;

  function fetchChunk(
    controller: ReadableStreamDefaultController<Uint8Array>,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      let cause: unknown;
      function onData(chunk: Uint8Array): void {
        request.pause();
        controller.enqueue(chunk);
        settle();
      }
      function onEnd(): void {
        // Where the connection broke, an end is only the end of what came.
        if (!request.complete) return onClose();
        controller.close();
        settle();
      }
      function onError(error: Error): void {
        cause = error;
      }
      function onClose(): void {
        reject(new Error("The connection was closed", { cause }));
        settle();
      }
      function settle(): void {
        stopListening?.();
        resolve();
      }
      stopListening = () => {
        request.off("data", onData);
        request.off("end", onEnd);
        request.off("error", onError);
        request.off("close", onClose);
        stopListening = undefined;
      };
      if (request.readableEnded) return onEnd();
      if (request.destroyed) return onClose();
      request.on("data", onData);
      request.on("end", onEnd);
      request.on("error", onError);
      request.on("close", onClose);
      request.resume();
    });
  }

  return new ReadableStream<Uint8Array>({
    pull: fetchChunk,
    cancel: () => {
      stopListening?.();
      request.resume();
    },
  }, { highWaterMark: 0 });
}
