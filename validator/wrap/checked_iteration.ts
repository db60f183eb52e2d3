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
import { type AnyIterator, doneOf, readIterator } from "../views/body_views.ts";
import type { BodyKind, ResultView, ReturnView } from "../views/body_views.ts";
import type { CheckedRequest } from "./checked_request.ts";
import { ChunkObserver } from "./chunk_observer.ts";

/** What next() of a checked body gives. */
export type ChunkResult = IteratorResult<Uint8Array, void>;

/** Iterators, and bodies that can be iterated over only once. */
const used = new WeakSet<object>();

/** Checks whether an iterator, or its stream, was taken before, and notes it. */
function isUsed(body: unknown, iterator: unknown): boolean {
  const object = body instanceof ReadableStream ? body : iterator;
  if (typeof object !== "object" || object === null) return false;
  const wasUsed = used.has(object);
  used.add(object);
  return wasUsed;
}

/** The iteration over a body, checked on both sides. */
export class CheckedIteration {
  /** What the body is. */
  readonly kind: BodyKind;
  /** What the application returned. */
  readonly view: ReturnView;
  /** Looks at the chunks. */
  readonly observer: ChunkObserver;
  readonly #request: CheckedRequest;
  #iterator: AnyIterator | undefined;
  /** Calls of next() that are not settled. */
  #pending = 0;
  #wasAsked = false;
  /** Whether the iterator has finished, by itself or by return(). */
  #isEnded = false;
  /** Whether a violation has ended the iteration for the server alone. */
  #isBroken = false;

  /**
   * @param request The request.
   * @param view What the application returned.
   * @param kind What it is.
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

  /** Whether a violation has ended the iteration for the server alone. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Whether the iterator was taken, and has no return(). */
  get cannotReturn(): boolean {
    return this.#iterator !== undefined &&
      typeof this.#iterator.return !== "function";
  }

  /**
   * Takes the iterator, as the server does.
   *
   * @param method The iterator method of the body.
   */
  open(method: unknown): void {
    const request = this.#request;
    const { rules } = request;
    request.checkServer(rules.take, this.view);
    request.iterators++;
    try {
      const object: unknown = Reflect.apply(
        method as () => unknown,
        this.view.body,
        [],
      );
      this.#iterator = readIterator(object);
      request.check(rules.iterator, {
        isUsed: isUsed(this.view.body, object),
        iterator: object,
        next: this.#iterator.next,
        state: request,
      });
    } catch (error) {
      throw this.#toServer(error);
    }
  }

  /**
   * Asks for the next chunk of a sync body.
   *
   * @returns What the body gave.
   */
  next(): ChunkResult {
    this.#begin();
    let result: unknown;
    try {
      result = this.#callNext();
    } catch (error) {
      throw this.#failed(error);
    }
    return this.#take(result, isThenable(result));
  }

  /**
   * Asks for the next chunk of an async body.
   *
   * @returns A promise of what the body gave.
   */
  async nextAsync(): Promise<ChunkResult> {
    this.#begin();
    let result: unknown;
    try {
      result = await this.#callNext();
    } catch (error) {
      throw this.#failed(error);
    }
    return this.#take(result, false);
  }

  #callNext(): unknown {
    const { object, next } = this.#iterator!;
    return (next as () => unknown).call(object);
  }

  /** The server asks: its side is checked, and what it was given before. */
  #begin(): void {
    const request = this.#request;
    this.#wasAsked = true;
    try {
      request.checkServer(request.rules.next, this.view);
      this.observer.checkKept(this.kind, this.view.body);
      // Behind an async body there may be a source that runs by itself.
      this.observer.checkHeld(this.kind === "sync" ? "server" : "application");
    } catch (error) {
      // The body has not failed: what it still does is judged as before.
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

  /** An error of ours on its way to the server: the body does not know of it. */
  #toServer(error: unknown): unknown {
    this.#isBroken = true;
    this.#request.raise(error);
    return error;
  }

  #take(result: unknown, isPromise: boolean): ChunkResult {
    this.#settle();
    try {
      this.observer.checkHeld("application");
      this.observer.forget();
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
    // What return() has ended has not come to its end by itself.
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
    this.#checkResult({
      result,
      isPromise,
      done: undefined,
      value: undefined,
    });
    return result as ChunkResult;
  }

  #checkResult(view: ResultView): void {
    this.#request.check(this.#request.rules.result, view);
  }

  /**
   * Ends the iteration early, as the server asks.
   *
   * @param args The arguments of the call.
   * @returns What the body's return() gave.
   */
  return(args: readonly unknown[]): unknown {
    const request = this.#request;
    // To the server next() has thrown, but the body knows nothing of it.
    if (!this.#isBroken) {
      request.checkServer(request.rules.returning, this.view);
    }
    request.returns++;
    try {
      // Before the body does something with its buffers itself.
      this.observer.checkKept(this.kind, this.view.body);
    } catch (error) {
      this.#isBroken = true;
      throw error;
    }
    return this.#callReturn(args);
  }

  /**
   * Ends an iteration that a violation has ended for the server alone: to the
   * server the body has thrown, so it will not do it.
   *
   * @returns What the body's return() gave, if it was called.
   */
  returnBroken(): unknown {
    if (!this.#isBroken || this.#isEnded) return undefined;
    if (typeof this.#iterator?.return !== "function") return undefined;
    return this.#callReturn([]);
  }

  #callReturn(args: readonly unknown[]): unknown {
    const { object, return: stop } = this.#iterator!;
    const wasEnded = this.#isEnded;
    this.#isEnded = true;
    const result: unknown = Reflect.apply(stop as () => unknown, object, args);
    // After the end there is nothing left that it could yield.
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
