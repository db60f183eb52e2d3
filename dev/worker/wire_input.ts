/**
 * {@linkcode WireInput}: the body of a request, as the front sends it.
 *
 * @module
 */

import type { BodySource } from "../../gateway/input/body_source.ts";

/** Asks the front for a part of the body only when the application reads it. */
export class WireInput implements BodySource {
  readonly #ask: () => void;
  #pending:
    | PromiseWithResolvers<Uint8Array<ArrayBuffer> | undefined>
    | undefined;

  /**
   * @param ask Asks the front for the next bytes.
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
   * Gives the answer of the front to the reader.
   *
   * @param bytes The next bytes; nothing at the end.
   */
  receive(bytes: Uint8Array<ArrayBuffer> | undefined): void {
    this.#pending?.resolve(bytes);
  }

  /**
   * Reports that the body cannot be read.
   *
   * @param error What the reader gets.
   */
  fail(error: Error): void {
    this.#pending?.reject(error);
  }

  /** Has no effect: the front drops what nobody asks for. */
  release(): void {}

  /** Has no effect: the front drops what nobody asks for. */
  cancel(): void {}
}
