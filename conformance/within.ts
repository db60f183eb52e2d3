/**
 * Waiting, but not for ever.
 *
 * @module
 */

/** Far more than anything here needs: it ends a test that would hang. */
const DEADLINE = 15_000;

/**
 * Awaits what must come, and fails when it does not.
 *
 * @param promise What is waited for.
 * @param what Its name, for the message.
 * @param deadline How long it is waited for, in milliseconds.
 * @returns What the promise gives.
 */
export async function within<T>(
  promise: Promise<T>,
  what: string,
  deadline: number = DEADLINE,
): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`Waited too long for ${what}`)),
    deadline,
  );
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
