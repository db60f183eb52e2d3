/**
 * One body on its way from the application to the server.
 *
 * @module
 */

import {
  ignoreRejection,
  isThenable,
  isUint8Array,
} from "../../wsgi/describe.ts";
import type { BodyKind, ResultView, ReturnView } from "../views/body_views.ts";
import { BodyIterator, doneOf } from "./body_iterator.ts";
import type { CheckedRequest } from "./checked_request.ts";
import { ChunkObserver } from "./chunk_observer.ts";

/** The result of next() of a checked body. */
export type ChunkResult = IteratorResult<Uint8Array, void>;

/** The iteration over a body, checked on both sides. */
export class CheckedIteration {
  /** The kind of the body. */
  readonly kind: BodyKind;
  /** The result of the application. */
  readonly view: ReturnView;
  /** Checks the chunks. */
  readonly observer: ChunkObserver;
  readonly #request: CheckedRequest;
  #iterator: BodyIterator | undefined;
  /** Calls to next() that are not settled. */
  #pending = 0;
  #wasAsked = false;
  /** Whether the iterator has finished, by itself or by return(). */
  #isEnded = false;
  /** Whether a finding has ended the iteration only for the server. */
  #isBroken = false;

  /**
   * @param request The request.
   * @param view The result of the application.
   * @param kind The kind of the body.
   */
  constructor(request: CheckedRequest, view: ReturnView, kind: BodyKind) {
    this.#request = request;
    this.view = view;
    this.kind = kind;
    this.observer = new ChunkObserver(request, kind === "array");
  }

  /** Whether the server has ever asked for a chunk. */
  get wasAsked(): boolean {
    return this.#wasAsked;
  }

  /** Whether a finding has ended the iteration only for the server. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Whether the iterator was taken, and has no return(). */
  get cannotReturn(): boolean {
    return this.#iterator?.canReturn === false;
  }

  /**
   * Takes the iterator for the server.
   *
   * @param method The iterator method of the body.
   */
  open(method: unknown): void {
    const request = this.#request;
    request.checkServer(request.rules.take, this.view);
    request.iterators++;
    try {
      const { body } = this.view;
      const iterator = new BodyIterator(body, method);
      this.#iterator = iterator;
      request.check(request.rules.iterator, {
        isUsed: iterator.noteUse(body),
        iterator: iterator.object,
        next: iterator.nextMethod,
        state: request,
      });
    } catch (error) {
      throw this.#toServer(error);
    }
  }

  /**
   * Requests the next chunk of a sync body.
   *
   * @returns The result of the body.
   */
  next(): ChunkResult {
    this.#begin();
    let result: unknown;
    try {
      result = this.#iterator!.next();
    } catch (error) {
      throw this.#failed(error);
    }
    return this.#take(result, isThenable(result));
  }

  /**
   * Requests the next chunk of an async body.
   *
   * @returns The result of the body.
   */
  async nextAsync(): Promise<ChunkResult> {
    this.#begin();
    let result: unknown;
    try {
      result = await this.#iterator!.next();
    } catch (error) {
      throw this.#failed(error);
    }
    return this.#take(result, false);
  }

  /** Checks the call by the server, and the chunks that it got before. */
  #begin(): void {
    const request = this.#request;
    this.#wasAsked = true;
    try {
      request.checkServer(request.rules.next, this.view);
      this.observer.checkKept(this.kind, this.view.body);
      // Behind an async body there may be a source that runs by itself.
      this.observer.checkHeld(this.kind === "sync" ? "server" : "application");
      this.observer.forgetChanged();
    } catch (error) {
      // The body has not failed, and is checked as before.
      this.#isBroken = true;
      request.deliver(error);
      throw error;
    }
    this.#pending++;
    request.iterating = true;
    request.taken = 0;
  }

  #settle(): void {
    this.#request.iterating = --this.#pending > 0;
  }

  /** The body itself has thrown. */
  #failed(error: unknown): unknown {
    this.#settle();
    this.#isEnded = true;
    this.#request.observe?.({ type: "error", error });
    this.#request.raise(error);
    return error;
  }

  /** Marks a finding on its way to the server, which did not come from the body. */
  #toServer(error: unknown): unknown {
    this.#isBroken = true;
    this.#request.raise(error);
    return error;
  }

  #take(result: unknown, isPromise: boolean): ChunkResult {
    this.#settle();
    try {
      this.observer.checkHeld("application");
      if (isPromise || typeof result !== "object" || result === null) {
        return this.#takeNoResult(result, isPromise);
      }
      return this.#takeResult(result as ChunkResult);
    } catch (error) {
      throw this.#toServer(error);
    }
  }

  #takeResult(result: ChunkResult): ChunkResult {
    const { done, value } = result;
    if (done !== false) {
      if (isUint8Array(result)) return this.#takeNoResult(result, false);
      this.#checkResult({ result, isPromise: false, done, value });
    }
    if (!done) {
      this.observer.takeYielded(value);
      return { done: false, value: value as Uint8Array };
    }
    // A body that return() has ended did not end by itself.
    if (!this.#isEnded) {
      this.#isEnded = true;
      this.observer.end();
      this.#request.rethrow();
    }
    return { done: true, value };
  }

  #takeNoResult(result: unknown, isPromise: boolean): ChunkResult {
    if (isPromise) ignoreRejection(result);
    this.#request.uncounted = true;
    this.#checkResult({ result, isPromise, done: undefined, value: undefined });
    return result as ChunkResult;
  }

  #checkResult(view: ResultView): void {
    this.#request.check(this.#request.rules.result, view);
  }

  /**
   * Ends the iteration early for the server.
   *
   * @param args The arguments of the call.
   * @returns The result of the body's return().
   */
  return(args: readonly unknown[]): unknown {
    const request = this.#request;
    // For the server, next() has thrown; the body has not.
    if (!this.#isBroken) {
      request.checkServer(request.rules.returning, this.view);
    }
    request.returns++;
    try {
      // Before the body itself changes its buffers.
      this.observer.checkKept(this.kind, this.view.body);
    } catch (error) {
      this.#isBroken = true;
      throw error;
    }
    return this.#callReturn(args);
  }

  /**
   * Ends an iteration that a finding has ended only for the server. For the
   * server, the body has thrown, so it does not call return().
   *
   * @returns The result of the body's return(), if it was called.
   */
  returnBroken(): unknown {
    if (!this.#isBroken || this.#isEnded) return undefined;
    if (this.#iterator?.canReturn !== true) return undefined;
    return this.#callReturn([]);
  }

  #callReturn(args: readonly unknown[]): unknown {
    const wasEnded = this.#isEnded;
    this.#isEnded = true;
    const result = this.#iterator!.return(args);
    // After the end it cannot yield anything.
    if (wasEnded) return result;
    if (!isThenable(result)) return this.#checkStopped(result);
    return Promise.resolve(result).then((result) => this.#checkStopped(result));
  }

  #checkStopped(result: unknown): unknown {
    const request = this.#request;
    const done = doneOf(result);
    request.checkServer(request.rules.stopped, { result, done });
    return result;
  }
}
