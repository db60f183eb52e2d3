/**
 * What is waited for in an application that is tried: named moments, so that
 * nobody has to guess how long something takes.
 */

/** Moments by name. Each happens once. */
export class Happenings {
  readonly #moments = new Map<string, PromiseWithResolvers<void>>();

  #moment(name: string): PromiseWithResolvers<void> {
    const known = this.#moments.get(name);
    if (known !== undefined) return known;
    const moment = Promise.withResolvers<void>();
    this.#moments.set(name, moment);
    return moment;
  }

  /** Says that it happened. */
  happen(name: string): void {
    this.#moment(name).resolve();
  }

  /** Waits until it happens, or happened before. */
  when(name: string): Promise<void> {
    return this.#moment(name).promise;
  }
}

/** Waits until a signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) resolve();
  else signal.addEventListener("abort", () => resolve(), { once: true });
  return promise;
}
