/**
 * The request body of `node:http`.
 *
 * @module
 */

import { type BodySource, BodyTakenError } from "../input/body_source.ts";
import type { BodyLimits } from "../input/request_body.ts";
import type { NodeRequest } from "./node_http.ts";

/**
 * Reads the body of a request. A chunk is only fetched on demand, so that a
 * slow application slows the client down. A body that arrived before the client
 * left can still be read.
 */
export class NodeBody implements BodySource {
  readonly #request: NodeRequest;
  readonly #limits: BodyLimits;
  #hasBegun = false;
  #received = 0;
  /** Ends the read that is pending. */
  #settle: ((chunk: Uint8Array | undefined) => void) | undefined;

  /**
   * @param request The request; no listener is added until it is read.
   * @param limits The limits, with the Content-Length once it is known.
   */
  constructor(request: NodeRequest, limits: BodyLimits) {
    this.#request = request;
    this.#limits = limits;
  }

  read(): Promise<Uint8Array | undefined> {
    return new Promise((resolve, reject) => {
      this.#checkUntouched();
      this.#hasBegun = true;
      this.#listen(resolve, reject);
    });
  }

  release(): void {}

  /** Reads and drops the rest, because the next request follows it. */
  cancel(): void {
    this.#settle?.(undefined);
    this.#request.resume();
  }

  #listen(
    resolve: (chunk: Uint8Array | undefined) => void,
    reject: (reason: unknown) => void,
  ): void {
    const request = this.#request;
    let cause: unknown;
    const stopListening = (): void => {
      request.off("data", onData);
      request.off("end", onEnd);
      request.off("error", onError);
      request.off("close", onClose);
      this.#settle = undefined;
    };
    const settle = this.#settle = (chunk: Uint8Array | undefined): void => {
      stopListening();
      this.#received += chunk?.length ?? 0;
      resolve(chunk);
    };
    const fail = (error: Error): void => {
      stopListening();
      reject(error);
    };
    function onData(chunk: Uint8Array): void {
      request.pause();
      settle(chunk);
    }
    const onEnd = (): void => {
      // If the connection broke, the end of the stream is not the end of the
      // body.
      if (!request.complete) onClose();
      else if (this.#lacksBytes()) fail(takenError(request));
      else settle(undefined);
    };
    function onError(error: Error): void {
      cause = error;
    }
    function onClose(): void {
      // The buffer of the request keeps the bytes that had arrived.
      const chunk = request.read();
      if (chunk !== null) settle(chunk);
      else if (request.complete) onEnd();
      else fail(new Error("The connection was closed", { cause }));
    }
    if (request.readableEnded) return onEnd();
    if (request.destroyed) return onClose();
    request.on("data", onData);
    request.on("end", onEnd);
    request.on("error", onError);
    request.on("close", onClose);
    request.resume();
  }

  /** Throws if other code has begun to read the body. */
  #checkUntouched(): void {
    if (this.#hasBegun) return;
    const { readableDidRead, readableEncoding, readableLength } = this.#request;
    if (readableEncoding) {
      throw new BodyTakenError(
        `req.setEncoding("${readableEncoding}") was called, so its bytes are lost`,
      );
    }
    if (!readableDidRead) return;
    // The buffer has the bytes that were put back with unshift(). If the length
    // is known, the end shows whether it has all of them.
    const { contentLength } = this.#limits;
    if (!readableLength || contentLength === undefined) {
      throw takenError(this.#request);
    }
  }

  /**
   * Returns whether other code has read a part of a completely received body.
   */
  #lacksBytes(): boolean {
    return this.#received < (this.#limits.contentLength ?? 0);
  }
}

function takenError({ body }: NodeRequest): BodyTakenError {
  return new BodyTakenError(
    body === undefined
      ? "it was read before"
      : "it was read before by the code that set req.body, such as express.json()",
  );
}
