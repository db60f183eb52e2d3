/**
 * {@linkcode InputCalls}: checks the calls to one wsgi.input, and their results.
 *
 * @module
 */

import { isThenable } from "../../wsgi/describe.ts";
import { parseContentLength } from "../../wsgi/http_syntax.ts";
import type { Entry } from "../captures.ts";
import type { CheckedRequest } from "./checked_request.ts";
import { digest } from "./chunk_snapshot.ts";
import { type InputCall, InputLog, type InputResult } from "./input_log.ts";

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

/** The calls to one wsgi.input. */
export class InputCalls {
  readonly #request: CheckedRequest;
  readonly #log: InputLog;

  /** @param request The request. */
  constructor(request: CheckedRequest) {
    this.#request = request;
    const { values } = request.environ;
    this.#log = new InputLog(toLimit(values.CONTENT_LENGTH));
  }

  /**
   * Checks a call.
   *
   * @param method The method that is called.
   * @param args Its arguments.
   * @param entry The function that the program called.
   * @param isTorn Whether it was called without its stream as `this`.
   * @returns Whether the call is passed on to the server.
   */
  check(
    method: string,
    args: readonly unknown[],
    entry: Entry,
    isTorn: boolean,
  ): boolean {
    const state = this.#request;
    const isOver = state.isAllOver;
    const { left } = this.#log;
    const view = { method, args, isTorn, isOver, left, state };
    return state.checkCall(state.rules.input, view, entry);
  }

  /**
   * Makes a call and checks its result.
   *
   * @param call The method and its arguments, for the checks.
   * @param start Calls the method of the server.
   * @returns The result.
   */
  run<Result>(call: InputCall, start: () => unknown): Promise<Result> {
    const log = this.#log;
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
    const log = this.#log;
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
    given: InputResult,
    last: LastArray | undefined,
  ): void {
    const state = this.#request;
    const { rules } = state;
    state.check(rules.inputResult, this.#log.take(call, given));
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
}
