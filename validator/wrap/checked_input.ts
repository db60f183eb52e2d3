/**
 * The wsgi.input that the application gets from the validator.
 *
 * @module
 */

import { readSome, type SomeInput } from "../../wsgi/read_some.ts";
import type { InputStream } from "../../wsgi/types.ts";
import type { Entry } from "../captures.ts";
import { CLOSING_MEMBERS, OTHER_MEMBERS } from "../rules/input.ts";
import type { CheckedRequest } from "./checked_request.ts";
import { InputCalls } from "./input_calls.ts";
import { defineMembers, toMember, useOther } from "./stream_members.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** wsgi.input, with every call and every result checked. */
export class CheckedInput implements InputStream, SomeInput {
  static {
    defineMembers<CheckedInput>(
      this.prototype,
      [...CLOSING_MEMBERS, ...OTHER_MEMBERS],
      (stream, name, args, entry) => stream.#useOther(name, args, entry),
    );
  }

  readonly #request: CheckedRequest;
  readonly #input: InputStream;
  /** Created by the first call, because most requests are never read. */
  #calls: InputCalls | undefined;

  /**
   * @param request The request.
   * @param input The server's wsgi.input.
   */
  constructor(request: CheckedRequest, input: InputStream) {
    this.#request = request;
    this.#input = input;
  }

  // Getters, because a method that is called without its stream must know it.

  /** Reads bytes. */
  get read(): InputStream["read"] {
    return toMember(this, (...call) => this.#call<Bytes>("read", ...call));
  }

  /** Reads a line. */
  get readline(): InputStream["readline"] {
    return toMember(this, (...call) => this.#call<Bytes>("readline", ...call));
  }

  /** Reads the remaining lines. */
  get readlines(): InputStream["readlines"] {
    return toMember(
      this,
      (...call) => this.#call<Bytes[]>("readlines", ...call),
    );
  }

  /**
   * Reads the bytes that have arrived. `toRequest()` uses it.
   *
   * @param size The maximum number of bytes.
   * @returns A new array; empty at the end of the input.
   */
  "wsgiref.readSome"(size: number): Promise<Bytes> {
    const input: InputStream & Partial<SomeInput> = this.#input;
    const call = {
      method: "read",
      args: [size],
      isPartial: "wsgiref.readSome" in input,
    };
    const calls = this.#use();
    const entry = this["wsgiref.readSome"];
    if (!calls.check(call.method, call.args, entry, false)) {
      return Promise.resolve(new Uint8Array());
    }
    return calls.run(call, () => readSome(input, size));
  }

  /**
   * Iterates over the remaining lines.
   *
   * @returns An iterator over the lines.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<Bytes> {
    const calls = this.#use();
    const entry = this[Symbol.asyncIterator];
    calls.check("[Symbol.asyncIterator]", [], entry, false);
    const iterator = this.#input[Symbol.asyncIterator]();
    const next = (): Promise<IteratorResult<Bytes>> => {
      const call = { method: "next", args: [] };
      if (!calls.check(call.method, call.args, next, false)) {
        return Promise.resolve({ done: true, value: undefined });
      }
      return calls.run(call, () => iterator.next());
    };
    return {
      next,
      return: async (value) => {
        await iterator.return?.(value);
        return { done: true, value };
      },
      [Symbol.asyncIterator](): AsyncIterableIterator<Bytes> {
        return this;
      },
    };
  }

  /** The request in the layer that has wrapped the stream. */
  get request(): CheckedRequest {
    return this.#request;
  }

  /**
   * Returns the stream to wrap for another layer.
   *
   * @param request The request in the other layer.
   * @returns This stream if the other layer is inside. If not, the application
   * was called again with the same environ, and it is the stream behind.
   */
  streamFor(request: CheckedRequest): InputStream {
    if (this.#request.isOutsideOf(request)) return this;
    return this.#input instanceof CheckedInput
      ? this.#input.streamFor(request)
      : this.#input;
  }

  #call<Result>(
    method: "read" | "readline" | "readlines",
    args: readonly unknown[],
    entry: Entry,
    isTorn: boolean,
  ): Promise<Result> {
    const calls = this.#use();
    if (!calls.check(method, args, entry, isTorn)) {
      const nothing = method === "readlines" ? [] : new Uint8Array();
      return Promise.resolve(nothing as Result);
    }
    const input = this.#input;
    return calls.run(
      { method, args },
      () => Reflect.apply(input[method], input, args),
    );
  }

  #useOther(name: string, args: readonly unknown[], entry: Entry): unknown {
    if (!this.#use().check(name, args, entry, false)) return undefined;
    // If the input is the body, the server closes it.
    const isMissing = CLOSING_MEMBERS.includes(name) && !(name in this.#input);
    return isMissing ? undefined : useOther(this.#input, name, args);
  }

  #use(): InputCalls {
    return this.#calls ??= new InputCalls(this.#request);
  }
}
