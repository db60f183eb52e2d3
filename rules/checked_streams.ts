/**
 * wsgi.input and wsgi.errors as the application gets them from the validator.
 *
 * @module
 */

import { isUint8Array } from "../gateway/describe.ts";
import type { ErrorStream, InputStream } from "../gateway/types.ts";
import type { Conversation } from "./conversation.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** wsgi.input, with every call and every result checked. */
export class CheckedInput implements InputStream {
  readonly #conversation: Conversation;
  readonly #input: InputStream;
  #total = 0;
  #ended = false;

  constructor(conversation: Conversation, input: InputStream) {
    this.#conversation = conversation;
    this.#input = input;
  }

  read(...args: [size?: number]): Promise<Bytes> {
    this.#called("read", args, this.read);
    return this.#checked("read", args, this.#input.read(...args));
  }

  readline(...args: [size?: number]): Promise<Bytes> {
    this.#called("readline", args, this.readline);
    return this.#checked("readline", args, this.#input.readline(...args));
  }

  readlines(...args: [hint?: number]): Promise<Bytes[]> {
    this.#called("readlines", args, this.readlines);
    return this.#checked("readlines", args, this.#input.readlines(...args));
  }

  [Symbol.asyncIterator](...args: []): AsyncIterator<Bytes> {
    this.#called("[Symbol.asyncIterator]", args, this[Symbol.asyncIterator]);
    const iterator = this.#input[Symbol.asyncIterator]();
    return {
      next: async () => {
        const result = await iterator.next();
        if (!result.done) this.#took("next", [], result.value);
        return result;
      },
      return: async (value) => {
        await iterator.return?.(value);
        return { done: true, value };
      },
    };
  }

  /** Not a part of the interface: here only to say so. */
  close(...args: unknown[]): void {
    this.#called("close", args, this.close);
  }

  /** Not a part of the interface: here only to say so. */
  cancel(...args: unknown[]): void {
    this.#called("cancel", args, this.cancel);
  }

  #called(
    method: string,
    args: readonly unknown[],
    entry: (...args: never) => unknown,
  ): void {
    const state = this.#conversation;
    state.check(state.rules.input, { method, args, state }, entry);
  }

  async #checked<Result>(
    method: string,
    args: readonly unknown[],
    promise: Promise<Result>,
  ): Promise<Result> {
    const result = await promise;
    this.#took(method, args, result);
    return result;
  }

  #took(method: string, args: readonly unknown[], result: unknown): void {
    const state = this.#conversation;
    const pieces: readonly unknown[] = Array.isArray(result)
      ? result
      : [result];
    let length = 0;
    for (const piece of pieces) {
      if (isUint8Array(piece)) length += piece.byteLength;
    }
    this.#total += length;
    const { rules } = state;
    state.check(rules.inputResult, {
      method,
      args,
      result,
      total: this.#total,
      ended: this.#ended,
      state,
    });
    if (length === 0 && args[0] !== 0) this.#ended = true;
  }
}

/** wsgi.errors, with every call checked. */
export class CheckedErrors implements ErrorStream {
  readonly #conversation: Conversation;
  readonly #errors: ErrorStream;

  constructor(conversation: Conversation, errors: ErrorStream) {
    this.#conversation = conversation;
    this.#errors = errors;
  }

  write(...args: [text: string]): void {
    this.#called("write", args, this.write);
    return this.#errors.write(...args);
  }

  writelines(...args: [texts: Iterable<string>]): void {
    this.#called("writelines", args, this.writelines);
    return this.#errors.writelines(...args);
  }

  flush(...args: []): void {
    this.#called("flush", args, this.flush);
    return this.#errors.flush(...args);
  }

  /** Not a part of the interface: here only to say so. */
  close(...args: unknown[]): void {
    this.#called("close", args, this.close);
  }

  #called(
    method: string,
    args: readonly unknown[],
    entry: (...args: never) => unknown,
  ): void {
    const state = this.#conversation;
    state.check(state.rules.errors, { method, args, state }, entry);
  }
}
