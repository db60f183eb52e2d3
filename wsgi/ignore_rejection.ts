/**
 * Promises that nobody is going to await.
 *
 * @module
 */

const { then } = Promise.prototype;

/**
 * Sees to it that the rejection of a promise that was refused, and so is
 * awaited by nobody, does not end the process.
 *
 * @param value What was refused; if it is no promise, nothing happens.
 */
export function ignoreRejection(value: unknown): void {
  try {
    // Not its own then(), which need not be one.
    then.call(value as Promise<unknown>, undefined, () => {});
  } catch {
    // It is no promise.
  }
}
