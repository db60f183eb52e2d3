/**
 * Waiting: promises that are settled from outside, and a gate that a transport
 * opens and closes without a promise for each chunk.
 *
 * @module
 */

/** A promise and what settles it. */
export interface Deferred<T> {
  /** The promise. */
  readonly promise: Promise<T>;
  /** Fulfils it. */
  readonly resolve: (value: T | PromiseLike<T>) => void;
  /** Rejects it. */
  readonly reject: (reason: unknown) => void;
}

/**
 * Makes a promise that is settled from outside, as `Promise.withResolvers()`
 * does, which came with Node.js 22. What has to run on Node.js 20 uses this.
 *
 * @returns The promise and what settles it.
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
 * Reports when a transport can take the next chunk: a promise that can be used
 * again. It is cheap, because the caller of {@linkcode Gate.wait} continues
 * inside the call that opens it, without a job of its own.
 */
export class Gate implements PromiseLike<void> {
  #isClosed = false;
  #failure: { reason: unknown } | undefined;
  #waiting: Deferred<void> | undefined;
  #next: (() => void) | undefined;
  #fail: ((reason: unknown) => void) | undefined;

  /** Whether the transport can take nothing now, or never again. */
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
   * @param reason The reason they get.
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
   * Calls back in a job of its own, as a promise does.
   *
   * @param next Called when it opens.
   * @param fail Called with the reason when it never will.
   * @returns A promise of what they return.
   */
  then<A = void, B = never>(
    next?: ((value: void) => A | PromiseLike<A>) | null,
    fail?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#promise().then(next, fail);
  }

  /**
   * Calls back when the gate opens, inside of the call that opens it; at once if
   * it is open. There can be one caller at a time.
   *
   * @param next Called when it opens.
   * @param fail Called with the reason when it never will.
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
      // Nobody may be waiting any more when it fails.
      this.#waiting.promise.catch(() => {});
    }
    return this.#waiting.promise;
  }
}
