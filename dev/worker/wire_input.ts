/**
 * {@linkcode WireInput}: the body of a request, part by part from the front.
 *
 * @module
 */

import type { BodySource } from "../../gateway/input/body_source.ts";

/** Requests each part of the body only when the application reads it. */
export class WireInput implements BodySource {
  readonly #ask: () => void;
  #pending:
    | PromiseWithResolvers<Uint8Array<ArrayBuffer> | undefined>
    | undefined;

  /**
   * @param ask Requests the next part.
   */
  constructor(ask: () => void) {
    this.#ask = ask;
  }

  read(): Promise<Uint8Array | undefined> {
    this.#pending = Promise.withResolvers();
    this.#ask();
    return this.#pending.promise;
  }

  /**
   * Passes the next part to the reader.
   *
   * @param bytes The bytes; `undefined` at the end.
   */
  receive(bytes: Uint8Array<ArrayBuffer> | undefined): void {
    this.#pending?.resolve(bytes);
  }

  /**
   * Reports that the body cannot be read.
   *
   * @param error The error for the reader.
   */
  fail(error: Error): void {
    this.#pending?.reject(error);
  }

  /** Has no effect: the front discards parts that are not requested. */
  release(): void {}

  /** Has no effect: the front discards parts that are not requested. */
  cancel(): void {}
}
