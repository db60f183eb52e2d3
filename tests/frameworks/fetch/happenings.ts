/** Named events that tests and applications wait for. */

/** Events by name. Each happens once. */
export class Happenings {
  readonly #events = new Map<string, PromiseWithResolvers<void>>();

  #event(name: string): PromiseWithResolvers<void> {
    const known = this.#events.get(name);
    if (known !== undefined) return known;
    const event = Promise.withResolvers<void>();
    this.#events.set(name, event);
    return event;
  }

  /** Reports an event. */
  happen(name: string): void {
    this.#event(name).resolve();
  }

  /** Waits for an event, unless it has happened. */
  when(name: string): Promise<void> {
    return this.#event(name).promise;
  }
}

/** Waits until a signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) resolve();
  else signal.addEventListener("abort", () => resolve(), { once: true });
  return promise;
}
