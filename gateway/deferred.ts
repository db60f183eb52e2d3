/**
 * A promise that is settled from outside.
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
