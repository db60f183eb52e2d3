/**
 * The wsgi.input that the application gets from the validator.
 *
 * @module
 */

import { isThenable } from "../../wsgi/describe.ts";
import { parseContentLength } from "../../wsgi/http_syntax.ts";
import { readSome, type SomeInput } from "../../wsgi/read_some.ts";
import type { InputStream } from "../../wsgi/types.ts";
import type { Entry } from "../captures.ts";
import { CLOSING_MEMBERS, OTHER_MEMBERS } from "../rules/input.ts";
import type { CheckedRequest } from "./checked_request.ts";
import { digest } from "./chunk_snapshot.ts";
import { type InputCall, InputLog } from "./input_log.ts";
import { defineMembers, toMember, useOther } from "./stream_members.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** The array that was returned last, with the digest of its bytes. */
interface LastArray {
  readonly array: Uint8Array;
  readonly length: number;
  readonly before: number;
}

/** Returns the number in CONTENT_LENGTH, if there is one. */
function toLimit(length: unknown): number | undefined {
  return typeof length === "string" ? parseContentLength(length) : undefined;
}

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
  #log: InputLog | undefined;

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
    const entry = this["wsgiref.readSome"];
    if (!this.#check(call.method, call.args, entry, false)) {
      return Promise.resolve(new Uint8Array());
    }
    return this.#run(call, () => readSome(input, size));
  }

  /**
   * Iterates over the remaining lines.
   *
   * @returns An iterator over the lines.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<Bytes> {
    const entry = this[Symbol.asyncIterator];
    this.#check("[Symbol.asyncIterator]", [], entry, false);
    const iterator = this.#input[Symbol.asyncIterator]();
    const next = (): Promise<IteratorResult<Bytes>> => {
      const call = { method: "next", args: [] };
      if (!this.#check(call.method, call.args, next, false)) {
        return Promise.resolve({ done: true, value: undefined });
      }
      return this.#run(call, () => iterator.next());
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

  /** Checks a call. Returns whether it is passed on to the server. */
  #check(
    method: string,
    args: readonly unknown[],
    entry: Entry,
    isTorn: boolean,
  ): boolean {
    const state = this.#request;
    const isOver = state.isAllOver;
    const { left } = this.#use();
    const view = { method, args, isTorn, isOver, left, state };
    return state.checkCall(state.rules.input, view, entry);
  }

  #call<Result>(
    method: "read" | "readline" | "readlines",
    args: readonly unknown[],
    entry: Entry,
    isTorn: boolean,
  ): Promise<Result> {
    if (!this.#check(method, args, entry, isTorn)) {
      const nothing = method === "readlines" ? [] : new Uint8Array();
      return Promise.resolve(nothing as Result);
    }
    const input = this.#input;
    return this.#run(
      { method, args },
      () => Reflect.apply(input[method], input, args),
    );
  }

  #useOther(name: string, args: readonly unknown[], entry: Entry): unknown {
    if (!this.#check(name, args, entry, false)) return undefined;
    // If the input is the body, the server closes it.
    const isMissing = CLOSING_MEMBERS.includes(name) && !(name in this.#input);
    return isMissing ? undefined : useOther(this.#input, name, args);
  }

  /** Makes a call and checks its result. */
  #run<Result>(call: InputCall, start: () => unknown): Promise<Result> {
    const log = this.#use();
    const last = this.#remember(log.last);
    log.begin();
    let returned: unknown;
    try {
      returned = start();
    } catch (error) {
      log.fail();
      throw error;
    }
    const promise = this.#take(call, returned, last) as Promise<Result>;
    // As with the server's own promise, a rejection counts as handled.
    promise.catch(() => {});
    return promise;
  }

  async #take(
    call: InputCall,
    returned: unknown,
    last: LastArray | undefined,
  ): Promise<unknown> {
    const isPromised = isThenable(returned);
    const log = this.#use();
    let result: unknown;
    try {
      result = await returned;
    } catch (error) {
      log.fail();
      throw error;
    }
    this.#notify(call, result);
    if (call.method !== "next" || typeof result !== "object" || !result) {
      this.#checkResult(call, { isPromised, result }, last);
      return result;
    }
    const { done, value } = result as IteratorResult<unknown, unknown>;
    if (done) {
      const { rules } = this.#request;
      this.#request.check(rules.inputEnd, log.end());
    } else this.#checkResult(call, { isPromised, result: value }, last);
    return { done, value };
  }

  /** Passes the result of a call to the observer. */
  #notify({ method, args }: InputCall, result: unknown): void {
    const { observe } = this.#request;
    if (observe === undefined) return;
    const isNext = method === "next";
    observe({
      type: "read",
      method: isNext ? "iterate" : method as "read",
      args,
      result: isNext && typeof result === "object" && result !== null
        ? (result as IteratorResult<unknown>).value
        : result,
    });
  }

  #checkResult(
    call: InputCall,
    given: { readonly isPromised: boolean; readonly result: unknown },
    last: LastArray | undefined,
  ): void {
    const state = this.#request;
    const { rules } = state;
    state.check(rules.inputResult, this.#use().take(call, given));
    if (last === undefined) return;
    const { array, length, before } = last;
    // The application may have transferred it in the meantime.
    if (array.length !== length) return;
    state.check(rules.inputMemory, { before, after: digest(array, length) });
  }

  /** Returns an array with its digest, if a rule compares it. */
  #remember(array: Uint8Array | undefined): LastArray | undefined {
    const { rules } = this.#request;
    if (array === undefined || rules.inputMemory.length === 0) return undefined;
    const { length } = array;
    return { array, length, before: digest(array, length) };
  }

  #use(): InputLog {
    const { environ } = this.#request;
    return this.#log ??= new InputLog(toLimit(environ.values.CONTENT_LENGTH));
  }
}
