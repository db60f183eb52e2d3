/**
 * Promises that are settled from outside, and a gate that a transport opens and
 * closes without a promise for each chunk.
 *
 * @module
 */

/** A promise and the functions that settle it. */
export interface Deferred<T> {
  /** The promise. */
  readonly promise: Promise<T>;
  /** Fulfils it. */
  readonly resolve: (value: T | PromiseLike<T>) => void;
  /** Rejects it. */
  readonly reject: (reason: unknown) => void;
}

/**
 * Creates a promise that is settled from outside, like
 * `Promise.withResolvers()`, which Node.js 20 does not have.
 *
 * @returns The promise and the functions that settle it.
 */
export function createDeferred<T>(): Deferred<T> {
  let resolve!: Deferred<T>["resolve"];
  let reject!: Deferred<T>["reject"];
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}

/**
 * Reports when a transport has room for the next chunk: a reusable promise. It
 * is cheap, because the callback of {@linkcode Gate.wait} runs inside the call
 * that opens the gate, without a microtask.
 */
export class Gate implements PromiseLike<void> {
  #isClosed = false;
  #failure: { reason: unknown } | undefined;
  #waiting: Deferred<void> | undefined;
  #next: (() => void) | undefined;
  #fail: ((reason: unknown) => void) | undefined;

  /** Whether the transport has no room, or never will have any. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Makes callers wait from now on. */
  close(): void {
    this.#isClosed = true;
  }

  /** Lets all callers continue. */
  open(): void {
    if (this.#failure !== undefined) return;
    this.#isClosed = false;
    const next = this.#next;
    this.#next = this.#fail = undefined;
    this.#waiting?.resolve();
    this.#waiting = undefined;
    next?.();
  }

  /**
   * Rejects all callers from now on.
   *
   * @param reason The reason of the rejections.
   */
  fail(reason: unknown): void {
    if (this.#failure !== undefined) return;
    this.#isClosed = true;
    this.#failure = { reason };
    const fail = this.#fail;
    this.#next = this.#fail = undefined;
    this.#waiting?.reject(reason);
    this.#waiting = undefined;
    fail?.(reason);
  }

  /**
   * Calls back in a microtask, as a promise does.
   *
   * @param next Called when the gate opens.
   * @param fail Called with the reason if it never opens.
   * @returns A promise of the callback's result.
   */
  then<A = void, B = never>(
    next?: ((value: void) => A | PromiseLike<A>) | null,
    fail?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#promise().then(next, fail);
  }

  /**
   * Calls back when the gate opens, inside the call that opens it; immediately
   * if it is open. Only one caller can wait at a time.
   *
   * @param next Called when the gate opens.
   * @param fail Called with the reason if it never opens.
   */
  wait(next: () => void, fail: (reason: unknown) => void): void {
    if (this.#failure !== undefined) fail(this.#failure.reason);
    else if (!this.#isClosed) next();
    else {
      this.#next = next;
      this.#fail = fail;
    }
  }

  #promise(): Promise<void> {
    if (this.#failure !== undefined) {
      return Promise.reject(this.#failure.reason);
    }
    if (!this.#isClosed) return Promise.resolve();
    if (this.#waiting === undefined) {
      this.#waiting = createDeferred();
      // When it fails, there may be no caller waiting.
      this.#waiting.promise.catch(() => {});
    }
    return this.#waiting.promise;
  }
}
