/** Named events that tests and applications wait for. */

import { within } from "./raw_client.ts";

/** Events by name. */
export class Happenings {
  /** The names of the events so far. */
  readonly seen: string[] = [];
  readonly #events = new Map<string, PromiseWithResolvers<void>>();

  /** Reports an event. */
  happen(name: string): void {
    this.seen.push(name);
    this.#event(name).resolve();
  }

  /** Waits for an event, unless it has happened. */
  when(name: string): Promise<void> {
    return this.#event(name).promise;
  }

  /** Waits for an event for a limited time. */
  async soon(name: string): Promise<void> {
    await within(this.when(name), name);
  }

  #event(name: string): PromiseWithResolvers<void> {
    const event = this.#events.get(name) ?? Promise.withResolvers<void>();
    this.#events.set(name, event);
    return event;
  }
}
